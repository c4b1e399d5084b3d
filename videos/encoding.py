"""Makes pictures and sizes out of one film with the media tool; knows no row."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from videos import ffmpeg, rules

log = logging.getLogger(__name__)

SEGMENT = 4  # seconds
POSTER_LIMIT = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Film:
    """An uploaded file, the only demuxer that may open it, and what a look at it found; `duration` in seconds."""

    path: Path
    demuxer: str
    seen: rules.Probe
    duration: float


def make_poster(film: Film, target: Path) -> None:
    """Write the picture shown before a film runs: one from its first tenth that is not all one colour."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part.webp")
    at = min(film.duration / 10, 30.0)
    picture = "thumbnail=25,scale='min(1280,iw)':-2,format=yuv420p"
    arguments = [
        *[
            "-v",
            "error",
            "-y",
            *ffmpeg.input_of(film.demuxer, film.path, "-ss", f"{at:.2f}"),
            "-map",
            "0:v:0",
        ],
        *["-vf", picture, "-frames:v", "1", "-map_metadata", "-1", "-quality", "80", f"file:{part}"],
    ]
    try:
        ffmpeg.run(arguments, ffmpeg.Bounds(POSTER_LIMIT, file_bytes=16 * 1024**2))
        part.replace(target)
    except (ffmpeg.ToolFailed, FileNotFoundError) as error:
        log.warning("no first picture of %s: %s", film.path.name, error)  # a film plays without one


def encode(film: Film, size: rules.Size, folder: Path, going: Callable[[float], bool]) -> list[float]:
    """Write one size as HLS segments into `folder`; returns their lengths in seconds. Raises ffmpeg.ToolFailed."""
    rate = min(film.seen.frames or rules.OUT_FRAMES, rules.OUT_FRAMES)
    bits = size.bits // 1000
    arguments = [
        *["-v", "error", "-y", *ffmpeg.input_of(film.demuxer, film.path), "-t", f"{film.duration + 1:.3f}"],
        *["-map", "0:v:0", "-map", "0:a:0?", "-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn"],
        *["-vf", f"scale={size.width}:{size.height}:flags=bicubic,setsar=1,format=yuv420p"],
        *["-r", f"{rate:g}", "-threads", str(ffmpeg.threads())],
        *["-c:v", "libx264", "-profile:v", "high", "-preset", "veryfast", "-crf", "23"],
        *["-maxrate", f"{bits}k", "-bufsize", f"{bits * 2}k", "-sc_threshold", "0"],
        *["-force_key_frames", f"expr:gte(t,n_forced*{SEGMENT})"],
        *["-c:a", "aac", "-b:a", str(rules.SOUND_BITS), "-ac", "2", "-ar", "48000"],
        *["-f", "hls", "-hls_time", str(SEGMENT), "-hls_playlist_type", "vod"],
        *["-hls_segment_filename", f"{folder}/%d.ts", f"{folder}/index.m3u8"],
    ]
    wall = film.duration * 3 + 120
    file_bytes = max(64 * 1024**2, size.bits * SEGMENT)
    ffmpeg.run(arguments, ffmpeg.Bounds(wall, file_bytes=file_bytes), going)
    listed = (folder / "index.m3u8").read_text()
    (folder / "index.m3u8").unlink()
    lengths = [line[8:].split(",")[0] for line in listed.splitlines() if line.startswith("#EXTINF:")]
    return [round(float(length), 3) for length in lengths]
