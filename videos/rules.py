"""Decides from plain values what may be uploaded, which sizes are made of it, and what a file is called."""

import re
import unicodedata
from dataclasses import dataclass

MAGIC_BYTES = 64  # enough of a file's beginning to tell what it is
SHORTEST, LONGEST = 1.0, 4 * 3600.0  # seconds of film
LONG_SIDE, SHORT_SIDE = 4096, 2304  # pixels; both 4K forms fit
SMALLEST = 16  # pixels
MOST_FRAMES = 120.0  # a second
MOST_STREAMS = 16
OUT_FRAMES = 30.0  # a second, at most, in what is shown
LADDER = (360, 720, 1080)  # short sides in pixels, smallest first: the first one plays soonest

_DEMUXERS = {"mp4": "mov", "m4v": "mov", "mov": "mov", "webm": "matroska", "mkv": "matroska"}
_OLD_MOVIE_ATOMS = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_VIDEO_BITS = {360: 800_000, 720: 2_500_000, 1080: 5_000_000}  # a second, at most
SOUND_BITS = 96_000


@dataclass(frozen=True, slots=True)
class Probe:
    """What the media tool said about a file: seconds (None: the file does not say), shown size, frames a second."""

    duration: float | None
    width: int
    height: int
    frames: float | None
    has_sound: bool
    streams: int


@dataclass(frozen=True, slots=True)
class Size:
    """One size to make: its pixels, both even, and the most bits a second of its picture."""

    width: int
    height: int
    bits: int


def demuxer_for_name(name: str) -> str | None:
    """The one demuxer that may open a file with this name; None when its extension is not taken."""
    return _DEMUXERS.get(name.rpartition(".")[2].lower()) if "." in name else None


def demuxer_for_bytes(start: bytes) -> str | None:
    """The one demuxer that may open a file that starts like this; None when it is no video that is taken."""
    if start.startswith(b"\x1a\x45\xdf\xa3"):
        return "matroska"
    if start[4:8] == b"ftyp" or start[4:8] in _OLD_MOVIE_ATOMS:
        return "mov"
    return None


def shown_name(name: str) -> str:
    """A file's name as people may see it: no path, no control or direction marks, at most 120 characters."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C").strip().lstrip("-.")
    stem, dot, extension = kept.rpartition(".")
    if not dot:
        return kept[:120] or "video"
    return f"{stem[: 119 - len(extension[:8])] or 'video'}.{extension[:8]}"


def ladder(width: int, height: int) -> list[Size]:
    """The sizes to make of a film, smallest first; never larger than the film, and always at least one."""
    short = min(width, height)
    rungs = [rung for rung in LADDER if rung <= short] or [short]
    return [_scaled(width, height, rung) for rung in rungs]


def _scaled(width: int, height: int, rung: int) -> Size:
    factor = rung / min(width, height)
    bits = next(bits for most, bits in sorted(_VIDEO_BITS.items()) if rung <= most)
    return Size(_even(width * factor), _even(height * factor), bits)


def _even(pixels: float) -> int:
    return max(2, round(pixels / 2) * 2)


def work_share(sizes: list[Size], done: int) -> tuple[float, float]:
    """How much of the whole work is behind once `done` sizes are made, and after the next one; both 0 to 1."""
    weights = [size.width * size.height for size in sizes]
    whole = sum(weights)
    return sum(weights[:done]) / whole, sum(weights[: done + 1]) / whole
