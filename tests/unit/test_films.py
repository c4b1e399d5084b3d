"""What may be uploaded, which sizes are made of it, and what the media tool's words mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from videos import demo_film, probe, rules
from videos.frames import about

WORDS = """Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'file:a.mp4':
  Metadata:
    title           : Stream #0:9: Video: h264, 9999x9999
  Duration: 01:02:09.50, start: 0.000000, bitrate: 338 kb/s
  Stream #0:0[0x1](und): Video: h264 (High) (avc1), yuv420p, 1920x1080 [SAR 1:1 DAR 16:9], 29.97 fps, 30k tbn
    Side data:
      Display Matrix: rotation of -90.00 degrees
  Stream #0:1[0x2](und): Audio: aac (LC) (mp4a / 0x6134706D), 44100 Hz, mono, fltp, 69 kb/s (default)
Stream mapping:
Output #0, null, to 'pipe:':
  Stream #0:0(und): Video: wrapped_avframe, 1x1, 25 fps
"""


def test_the_tools_words_are_read() -> None:
    assert probe.read(WORDS) == rules.Probe(3729.5, 1080, 1920, 29.97, has_sound=True, streams=2)


def test_pixels_that_are_not_square_are_made_so() -> None:
    said = WORDS.replace("1920x1080 [SAR 1:1", "1440x1080 [SAR 4:3").replace("-90.00", "0.00")
    assert (probe.read(said).width, probe.read(said).height) == (1920, 1080)


def test_a_length_that_is_not_stated_is_none() -> None:
    assert probe.read(WORDS.replace("01:02:09.50", "N/A")).duration is None


@pytest.mark.parametrize(
    "said", ["", "  Stream #0:0: Audio: mp3, 44100 Hz", "  Stream #0:0: Video: png, 9x9 (attached pic)"]
)
def test_without_a_picture_there_is_nothing_to_show(said: str) -> None:
    with pytest.raises(probe.NotShowable):
        probe.read(said)


@pytest.mark.parametrize(
    ("width", "height", "sizes"),
    [
        (1280, 720, [(640, 360), (1280, 720)]),
        (1920, 1080, [(640, 360), (1280, 720), (1920, 1080)]),
        (3840, 2160, [(640, 360), (1280, 720), (1920, 1080)]),
        (1080, 1920, [(360, 640), (720, 1280), (1080, 1920)]),
        (641, 361, [(640, 360)]),
        (320, 180, [(320, 180)]),
        (33, 17, [(32, 16)]),
        (719, 719, [(360, 360)]),
    ],
)
def test_the_sizes_made(width: int, height: int, sizes: list[tuple[int, int]]) -> None:
    assert [(size.width, size.height) for size in rules.ladder(width, height)] == sizes


@given(st.integers(16, 4096), st.integers(16, 4096))
def test_sizes_are_even_distinct_and_never_larger_than_the_film(width: int, height: int) -> None:
    sizes = rules.ladder(width, height)
    assert sizes
    for size in sizes:
        assert size.width % 2 == size.height % 2 == 0
        assert size.width <= width + 1
        assert size.height <= height + 1
    assert len({size.height for size in sizes}) == len(sizes)
    assert rules.work_share(sizes, len(sizes) - 1)[1] == 1.0


@pytest.mark.parametrize(
    ("start", "demuxer"),
    [
        (b"\0\0\0\x20ftypisom", "mov"),
        (b"\0\0\0\x08wide\0\0\0\0mdat", "mov"),
        (b"\x1a\x45\xdf\xa3\x01", "matroska"),
        (b"#EXTM3U\n", None),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"RIFF\0\0\0\0AVI ", None),
        (b"", None),
    ],
)
def test_a_film_is_known_by_its_first_bytes(start: bytes, demuxer: str | None) -> None:
    assert rules.demuxer_for_bytes(start) == demuxer


@given(st.text(max_size=400))
def test_a_shown_name_is_short_and_harmless(name: str) -> None:
    shown = rules.shown_name(name)
    assert 0 < len(shown) <= 120
    assert not set(shown) & set("/\\\0\n\u202e")
    assert not shown.startswith("-")


def test_the_demo_films_captions_cover_its_length() -> None:
    text = demo_film.captions()
    assert demo_film.LENGTH == 75
    assert text.count(" --> ") == len(demo_film.SCENES)
    assert "00:01:07.000 --> 00:01:14.000" in text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (20, "less than a minute left"),
        (61, "about 1 minute left"),
        (620, "about 10 minutes left"),
        (7300, "about 2 hours left"),
    ],
)
def test_time_left_is_said_without_pretending(seconds: int, words: str) -> None:
    assert about(seconds) == words
