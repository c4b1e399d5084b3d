"""Checks captions and keeps them."""

import io

import webvtt
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from webvtt.errors import MalformedCaptionError, MalformedFileError

from videos.models import CaptionTrack, VideoVersion
from videos.services.refusals import Refused

MOST_BYTES = 1024 * 1024


@transaction.atomic
def add_captions(*, version: VideoVersion, language: str, name: str, content: bytes) -> CaptionTrack:
    """Keep a WebVTT or SubRip file as the version's captions in `language`, in place of those it had.

    Raises Refused (captions_broken, captions_too_large, language_unknown) with the sentence to show.
    """
    labels = dict(settings.LANGUAGES)
    if language not in labels:
        raise Refused("language_unknown", _("Choose one of the languages."))
    text = _as_webvtt(name, _decoded(content))
    track, _created = CaptionTrack.objects.update_or_create(
        version=version, language=language, defaults={"label": labels[language], "text": text}
    )
    return track


def remove_captions(*, version: VideoVersion, language: str) -> None:
    """Remove the captions in a language, if there are any."""
    CaptionTrack.objects.filter(version=version, language=language).delete()


def _decoded(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise Refused("captions_too_large", _("Captions can be at most 1 MB."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("captions_broken", _("Save the captions as UTF-8 text.")) from error
    if "\0" in text:
        raise Refused("captions_broken", _("This is not a text file with captions."))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _as_webvtt(name: str, text: str) -> str:
    """The captions written anew from what was read, so that nothing else of the file is kept."""
    try:
        if name.lower().endswith(".srt"):
            cues = webvtt.WebVTT.from_buffer(io.StringIO(text), format="srt").captions
        else:
            cues = webvtt.WebVTT.from_string(text, strict=True).captions
        for cue in cues:
            cue.comments = []
        written: str = webvtt.WebVTT(captions=cues).content
    except MalformedCaptionError as error:
        said = str(error)[:120]
        raise Refused(
            "captions_broken", _("One caption cannot be read: %(what)s") % {"what": said}
        ) from error
    except (MalformedFileError, ValueError) as error:
        raise Refused("captions_broken", _("This is not a WebVTT or SubRip file.")) from error
    if not cues:
        raise Refused("captions_broken", _("No captions were found in this file."))
    for number, cue in enumerate(cues, 1):
        if cue.start_in_seconds > cue.end_in_seconds:
            values = {"number": number, "start": cue.start}
            raise Refused(
                "captions_broken", _("Caption %(number)d ends before it begins, at %(start)s.") % values
            )
    return written
