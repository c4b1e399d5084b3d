"""Playlists: whole, or as far as a session is."""

from hypothesis import given
from hypothesis import strategies as st

from videos.delivery import live_playlist, master_playlist, segment_ends, vod_playlist
from videos.models import Rendition

FILM = [4.0, 4.0, 4.0, 4.0, 2.5]


def listed(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("#")]


def test_the_whole_film_is_listed_and_ends() -> None:
    text = vod_playlist(FILM)
    assert listed(text) == ["0.ts", "1.ts", "2.ts", "3.ts", "4.ts"]
    assert "#EXT-X-PLAYLIST-TYPE:VOD" in text
    assert text.endswith("#EXT-X-ENDLIST\n")
    assert "#EXTINF:2.500," in text
    assert "#EXT-X-TARGETDURATION:4" in text


def test_A8_a_live_playlist_lists_what_lies_whole_before_the_edge() -> None:
    assert listed(live_playlist(FILM, 0, ended=False)) == []
    assert listed(live_playlist(FILM, 3.9, ended=False)) == []
    assert listed(live_playlist(FILM, 4, ended=False)) == ["0.ts"]
    assert listed(live_playlist(FILM, 13, ended=False)) == ["0.ts", "1.ts", "2.ts"]


def test_a_live_playlist_ends_when_everything_is_listed() -> None:
    assert "ENDLIST" not in live_playlist(FILM, 18.4, ended=False)
    whole = live_playlist(FILM, 18.5, ended=False)
    assert listed(whole)[-1] == "4.ts"
    assert "ENDLIST" in whole
    assert "ENDLIST" in live_playlist(FILM, 4, ended=True)


@given(st.lists(st.floats(0.5, 12), min_size=1, max_size=60), st.floats(0, 400), st.floats(0, 40))
def test_a_live_playlist_only_grows_and_never_passes_the_edge(
    segments: list[float], edge: float, later: float
) -> None:
    now, then = live_playlist(segments, edge, ended=False), live_playlist(segments, edge + later, ended=False)
    count = len(listed(now))
    assert listed(then)[:count] == listed(now)
    ends = segment_ends(segments)
    assert all(end <= edge + 0.06 for end in ends[:count])
    assert then.splitlines()[:5] == now.splitlines()[:5]


def test_rounding_of_lengths_hides_no_segment_for_ever() -> None:
    segments = [4.033] * 100
    assert "ENDLIST" in live_playlist(segments, 403.26, ended=False)


def test_sizes_are_listed_smallest_first() -> None:
    large = Rendition(height=720, width=1280, bandwidth=2_800_000, codecs="avc1.640029,mp4a.40.2")
    small = Rendition(height=360, width=640, bandwidth=900_000, codecs="avc1.640029,mp4a.40.2")
    text = master_playlist([large, small])
    assert listed(text) == ["360/index.m3u8", "720/index.m3u8"]
    assert 'BANDWIDTH=900000,RESOLUTION=640x360,CODECS="avc1.640029,mp4a.40.2"' in text
