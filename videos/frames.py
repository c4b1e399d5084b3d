"""Says how far a video is: the version that is shown, the newest one on its way, and what is left to do."""

from dataclasses import dataclass
from typing import Any

from videos import rules
from videos.models import CaptionTrack, Rendition, VersionState, Video, VideoVersion


@dataclass(frozen=True, slots=True)
class SizeLine:
    """One size of a version: `done`, being `made`, or still to come."""

    label: str
    pixels: str
    done: bool
    made: bool


@dataclass(frozen=True, slots=True)
class Status:
    """What the studio shows of a video."""

    video: Video
    shown: VideoVersion | None  # what rooms get now
    newest: VideoVersion | None  # the last uploaded one when it is another, still on its way or refused
    sizes: list[SizeLine]
    captions: list[CaptionTrack]

    @property
    def working(self) -> VideoVersion | None:
        """The version that is being prepared, if any."""
        for version in (self.newest, self.shown):
            if version and version.due_at and version.state != VersionState.UPLOADING:
                return version
        return None

    @property
    def asks_again(self) -> bool:
        """Whether there is something to wait for."""
        return self.working is not None

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        version = self.newest or self.shown
        return {
            "state": version.state if version else None,
            "can_be_shown": self.shown is not None,
            "progress": version.progress if version else 0,
            "seconds_left": version.seconds_left if version else None,
            "error": version.error if version else "",
            "duration": self.shown.duration if self.shown else None,
        }


def status_of(video: Video) -> Status:
    """How far a video is now; uploads that are under way in a browser are that browser's to show."""
    newest = video.versions.exclude(state=VersionState.UPLOADING).order_by("-created_at").first()
    shown = video.current
    subject = shown or newest
    if newest == shown:
        newest = None
    working = newest or shown
    renditions = list(working.renditions.all()) if working else []
    captions = list(subject.captions.order_by("language")) if subject else []
    return Status(video, shown, newest, _sizes(working, renditions), captions)


def _sizes(version: VideoVersion | None, made: list[Rendition]) -> list[SizeLine]:
    if version is None or not version.width or not version.height or version.state == VersionState.FAILED:
        return []
    heights = {row.height for row in made}
    lines: list[SizeLine] = []
    for size in rules.ladder(version.width, version.height):
        done = size.height in heights
        first_open = not done and all(line.done for line in lines)
        label = f"{min(size.width, size.height)}p"
        lines.append(
            SizeLine(label, f"{size.width} × {size.height}", done, first_open and version.due_at is not None)
        )
    # What failed after the film could be shown is simply not offered.
    return [line for line in lines if line.done or version.due_at is not None]
