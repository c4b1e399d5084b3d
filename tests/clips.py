"""Makes small films and files that only claim to be one, for tests of uploads and their preparation."""

import subprocess
from pathlib import Path

from videos import ffmpeg

MASTER = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
CONCAT = "ffconcat version 1.0\nfile /etc/passwd\nfile http://127.0.0.1:9/canary\n"


def film(
    path: Path,
    *,
    seconds: float = 5,
    size: str = "320x180",
    rate: str | int = 10,
    sound: bool = True,
    more: str = "",
) -> Path:
    """A film with a moving test picture; its container follows from the name."""
    sources = ["-f", "lavfi", "-i", f"testsrc=s={size}:r={rate}:d={seconds}"]
    if sound:
        sources += ["-f", "lavfi", "-i", f"sine=d={seconds}"]
    coding = ["-c:v", "libvpx", "-deadline", "realtime"] if path.suffix == ".webm" else ["-c:v", "libx264"]
    if path.suffix != ".webm":
        coding += ["-preset", "ultrafast"]
    command = [ffmpeg.program(), "-v", "error", "-y", *sources, *coding, *more.split(), str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return path


def disguised(text: str) -> bytes:
    """A text that begins as an MP4 does as far as four letters can say."""
    return b"\0\0\0\x18ftypisom\0\0\2\0isomiso2avc1mp41" + text.encode()
