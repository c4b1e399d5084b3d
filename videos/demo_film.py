"""Makes the demo's film out of slides and tones with the project's own media tool, and its captions."""

from itertools import accumulate, pairwise
from pathlib import Path

from videos import ffmpeg

NAME = "demo"
SLIDES = Path(__file__).parent / "demo"
RATE = 24  # pictures a second
FADE = 0.5  # seconds between two slides
LIMIT = 240.0  # seconds the making may take

# Seconds each slide stands, the chord under it (Hz), and what is said meanwhile.
SCENES: tuple[tuple[int, tuple[float, ...], str], ...] = (
    (9, (261.63, 329.63, 392.00, 523.25), "Welcome. This is a webinar that runs itself."),
    (9, (220.00, 261.63, 329.63, 440.00), "It was recorded once and is shown whenever it suits the visitor."),
    (10, (174.61, 220.00, 261.63, 349.23), "Everybody in it is at the same second, even after a reload."),
    (10, (196.00, 246.94, 293.66, 392.00), "Real people answer in the chat. Say hello."),
    (10, (261.63, 329.63, 392.00, 523.25), "The team has one inbox, with the longest wait first."),
    (9, (220.00, 261.63, 329.63, 440.00), "Whoever has left gets the answer by e-mail."),
    (9, (174.61, 220.00, 261.63, 349.23), "All of it lives on your own server."),
    (9, (196.00, 246.94, 293.66, 392.00), "Thank you. The chat stays open, so ask us something."),
)
LENGTH = sum(seconds for seconds, _chord, _words in SCENES)


def captions() -> str:
    """What is said, as WebVTT."""
    starts = [0, *accumulate(seconds for seconds, _chord, _words in SCENES)]
    cues = [
        f"{_stamp(start + 1)} --> {_stamp(end - 1)}\n{words}"
        for (start, end), (_seconds, _chord, words) in zip(pairwise(starts), SCENES, strict=True)
    ]
    return "WEBVTT\n\n" + "\n\n".join(cues) + "\n"


def _stamp(seconds: int) -> str:
    return f"00:{seconds // 60:02d}:{seconds % 60:02d}.000"


def make_demo_film(path: Path, going: ffmpeg.Going | None = None) -> None:
    """Write the film, an MP4 of 75 seconds, to `path`. Raises ffmpeg.ToolFailed, or what `going` raises."""
    pictures = [f"slide-{number}.png" for number in range(1, len(SCENES) + 1)]
    slides = [part for name in [*pictures, "digits.png"] for part in _picture(name)]
    tones = [
        part for seconds, chord, _words in SCENES for part in ("-f", "lavfi", "-i", _arpeggio(chord, seconds))
    ]
    bar = f"color=c=0xe9a93a:s=1280x8:r={RATE}:d={LENGTH}"
    arguments = [
        *["-v", "error", "-y", *slides, "-f", "lavfi", "-i", bar, *tones],
        *["-filter_complex", ";".join([*_fades(), *_timecode(), *_sound()])],
        *["-map", "[picture]", "-map", "[sound]", "-t", str(LENGTH), "-r", str(RATE)],
        *["-c:v", "libx264", "-preset", "ultrafast", "-crf", "18", "-pix_fmt", "yuv420p"],
        *["-c:a", "aac", "-b:a", "128k", "-threads", str(ffmpeg.threads())],
        *["-movflags", "+faststart", "-f", "mp4", f"file:{path}"],
    ]
    ffmpeg.run(arguments, ffmpeg.Bounds(LIMIT), going)


def _picture(name: str) -> list[str]:
    still = ["-f", "image2", "-pattern_type", "none", "-framerate", str(RATE)]
    return [*still, "-i", f"file:{SLIDES / name}"]


def _standing(seconds: float) -> str:
    """One picture, decoded once, for a while."""
    return f"format=yuv420p,loop=loop={round(seconds * RATE) - 1}:size=1"


def _fades() -> list[str]:
    """Each slide into the next; input n is slide n."""
    steps = [f"[{n}]{_standing(scene[0] + FADE)}[slide{n}]" for n, scene in enumerate(SCENES)]
    starts = list(accumulate(seconds for seconds, _chord, _words in SCENES))
    shown = "slide0"
    for n, start in enumerate(starts[:-1], 1):
        steps.append(f"[{shown}][slide{n}]xfade=duration={FADE}:offset={start - FADE / 2:g}[until{n}]")
        shown = f"until{n}"
    return [*steps, f"[{shown}]null[slides]"]


def _timecode() -> list[str]:
    """The position as m:ss in the corner, out of a strip of digits, and a bar that grows below."""
    digits, bar = len(SCENES), len(SCENES) + 1
    places = {"m": "floor(t/60)", "tens": "mod(floor(t/10),6)", "ones": "mod(floor(t),10)"}
    crops = [f"[digits{name}]crop=26:56:'26*{value}':0[{name}]" for name, value in places.items()]
    return [
        f"[{digits}]{_standing(LENGTH)},split=4[digitsm][digitstens][digitsones][digitscolon]",
        *crops,
        "[digitscolon]crop=26:56:260:0[colon]",
        "[m][colon][tens][ones]hstack=4[clock]",
        "[slides][clock]overlay=W-w-40:H-h-44[clocked]",
        f"[clocked][{bar}]overlay='-w+w*t/{LENGTH}':H-h[picture]",
    ]


def _arpeggio(chord: tuple[float, ...], seconds: int) -> str:
    """Four tones, one after the other every half second, each dying away."""
    tones = [
        f"0.11*sin(2*PI*{tone}*t)*exp(-2.2*mod(t+2-{n}*0.5,2))*gte(t,{n}*0.5)" for n, tone in enumerate(chord)
    ]
    return f"aevalsrc='{'+'.join(tones)}':s=44100:d={seconds}"


def _sound() -> list[str]:
    first = len(SCENES) + 2
    parts = "".join(f"[{first + n}]" for n in range(len(SCENES)))
    return [f"{parts}concat=n={len(SCENES)}:v=0:a=1,afade=t=out:st={LENGTH - 3}:d=3[sound]"]
