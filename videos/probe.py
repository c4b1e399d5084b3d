"""Looks at an uploaded file with the media tool: is it a film that can be shown, how long and how large."""

import re
from pathlib import Path

from django.utils.translation import gettext as _

from videos import ffmpeg, rules

LIMIT = 20.0  # seconds a look may take

_DURATION = re.compile(r"^  Duration: (?:(\d+):(\d\d):(\d\d(?:\.\d+)?)|N/A)", re.MULTILINE)
_STREAM = re.compile(r"^  Stream #0:(\d+).*?: (\w+): (.*)$", re.MULTILINE)
_SIZE = re.compile(r"\b(\d{2,5})x(\d{2,5})\b")
_FRAMES = re.compile(r"([\d.]+)(k?) fps")
_PIXELS = re.compile(r"SAR (\d+):(\d+)")
_TURNED = re.compile(r"rotation of (-?[\d.]+) degrees")


class NotShowable(Exception):
    """This file will never play; the text is the sentence for its owner."""


def probe(path: Path, demuxer: str, going: ffmpeg.Going) -> tuple[rules.Probe, float]:
    """What is in a file, and its length in seconds; `going` is called while a long look lasts.

    Raises NotShowable, and ffmpeg.ToolFailed with `again` when the look was disturbed.
    """
    seen = read(_said(["-v", "info", *ffmpeg.input_of(demuxer, path), "-t", "0", "-f", "null", "-"]))
    _check_shape(seen)
    duration = _measured(path, demuxer, going) if seen.duration is None else seen.duration
    if duration < rules.SHORTEST:
        raise NotShowable(_("This film is shorter than a second."))
    if duration > rules.LONGEST:
        raise NotShowable(_("This film is longer than four hours."))
    return seen, duration


def _said(arguments: list[str]) -> str:
    try:
        return ffmpeg.run(arguments, ffmpeg.Bounds(LIMIT, file_bytes=1024**2))
    except ffmpeg.ToolFailed as error:
        if error.again:
            raise
        raise NotShowable(_("This file is not a video that can be read, or it is damaged.")) from error


def read(said: str) -> rules.Probe:
    """The facts in the tool's own words about its input. Raises NotShowable without a picture."""
    described = said.partition("Stream mapping:")[0].partition("Output #0")[0]
    streams = _STREAM.findall(described)
    pictures = [what for _n, kind, what in streams if kind == "Video" and "attached pic" not in what]
    size = _SIZE.search(pictures[0]) if pictures else None
    if not size:
        raise NotShowable(_("There is no picture in this file."))
    width, height = int(size[1]), int(size[2])
    if (shape := _PIXELS.search(pictures[0])) and int(shape[1]) and int(shape[2]):
        width = round(width * int(shape[1]) / int(shape[2]))
    if (turned := _TURNED.search(described)) and round(abs(float(turned[1]))) in {90, 270}:
        width, height = height, width
    rate = _FRAMES.search(pictures[0])
    return rules.Probe(
        duration=_seconds(_DURATION.search(described)),
        width=width,
        height=height,
        frames=float(rate[1]) * (1000 if rate[2] else 1) if rate else None,
        has_sound=any(kind == "Audio" and ": none" not in what for _n, kind, what in streams),
        streams=len(streams),
    )


def _seconds(found: re.Match[str] | None) -> float | None:
    if found is None or found[1] is None:
        return None
    return int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3])


def _measured(path: Path, demuxer: str, going: ffmpeg.Going) -> float:
    """The length of a file that does not state it, as recordings made in a browser, found by reading through it."""
    reached = 0.0

    def note(seconds: float) -> bool:
        nonlocal reached
        reached = max(reached, seconds)
        return going(seconds)

    copy = [*ffmpeg.input_of(demuxer, path), "-map", "0:v:0", "-c", "copy", "-f", "null", "-"]
    try:
        ffmpeg.run(["-v", "error", *copy], ffmpeg.Bounds(LIMIT * 6, file_bytes=1024**2), note)
    except ffmpeg.ToolFailed as error:
        if error.again:
            raise
        raise NotShowable(_("This file is damaged: it does not say how long it is.")) from error
    return reached


def _check_shape(seen: rules.Probe) -> None:
    long, short = max(seen.width, seen.height), min(seen.width, seen.height)
    refusals = [
        (long > rules.LONG_SIDE or short > rules.SHORT_SIDE, _("This picture is larger than 4K.")),
        (short < rules.SMALLEST, _("This picture is too small to be shown.")),
        ((seen.frames or 0) > rules.MOST_FRAMES, _("This film has more than 120 pictures a second.")),
        (seen.streams > rules.MOST_STREAMS, _("This file has too many tracks.")),
    ]
    for wrong, sentence in refusals:
        if wrong:
            raise NotShowable(sentence)
