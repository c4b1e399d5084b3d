"""Makes the demo's film out of slides and tones with the project's own media tool, and its captions."""

from pathlib import Path

from videos.ffmpeg import Going

NAME = "demo"


def captions() -> str:
    """What is said, as WebVTT."""
    return "WEBVTT\n\n00:00:01.000 --> 00:00:05.000\nWelcome.\n"


def make_demo_film(path: Path, going: Going | None = None) -> None:
    """Write the film, an MP4 of 75 seconds, to `path`."""
