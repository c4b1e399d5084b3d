"""Says how far a video is: the version that is shown, the newest one on its way, and what is left to do."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
    def subject(self) -> VideoVersion | None:
        """The version that there is something to say about: the one on its way, else the one that is shown."""
        return self.newest or self.shown

    @property
    def working(self) -> bool:
        """Whether its preparation is not over."""
        return self.subject is not None and self.subject.due_at is not None

    @property
    def asks_again(self) -> bool:
        """Whether there is something to wait for."""
        return self.working

    @property
    def captioned(self) -> VideoVersion | None:
        """The version that captions are added to: the shown one, or the one that will be."""
        waiting = self.newest if self.newest and self.newest.state != VersionState.FAILED else None
        return self.shown or waiting

    @property
    def best(self) -> str:
        """The largest size that plays, as "720p"; empty while none does."""
        done = [size.label for size in self.sizes if size.done]
        return done[-1] if done else ""

    @property
    def left(self) -> str:
        """How long the preparation still takes, in words; empty while unknown."""
        seconds = self.subject.seconds_left if self.subject else None
        return about(seconds) if seconds else ""

    @property
    def length(self) -> str:
        """The shown film's length as 47:32."""
        seconds = round(self.shown.duration or 0) if self.shown else 0
        hours, rest = divmod(seconds, 3600)
        minutes = f"{rest // 60:02d}" if hours else f"{rest // 60}"
        return f"{hours}:{minutes}:{rest % 60:02d}" if hours else f"{minutes}:{rest % 60:02d}"

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        version = self.subject
        return {
            "state": version.state if version else None,
            "can_be_shown": self.shown is not None,
            "progress": version.progress if version else 0,
            "seconds_left": version.seconds_left if version else None,
            "error": version.error if version else "",
            "duration": self.shown.duration if self.shown else None,
        }


def about(seconds: int) -> str:
    """A time left in words that do not pretend to know it to the second."""
    if seconds < 60:
        return _("less than a minute left")
    if seconds < 5400:
        minutes = round(seconds / 60)
        return ngettext("about %(n)d minute left", "about %(n)d minutes left", minutes) % {"n": minutes}
    hours = round(seconds / 3600)
    return ngettext("about %(n)d hour left", "about %(n)d hours left", hours) % {"n": hours}


def status_of(video: Video) -> Status:
    """How far a video is now; uploads that are under way in a browser are that browser's to show."""
    newest = video.versions.exclude(state=VersionState.UPLOADING).order_by("-created_at").first()
    shown = video.current
    if newest == shown:
        newest = None
    subject, captioned = newest or shown, shown or newest
    renditions = list(subject.renditions.all()) if subject else []
    captions = list(captioned.captions.order_by("language")) if captioned else []
    return Status(video, shown, newest, _sizes(subject, renditions), captions)


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
