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
    rate: int = 10,
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


def long_claim(path: Path, hours: float) -> bytes:
    """The bytes of an MP4 whose header claims to last `hours`."""
    data = bytearray(path.read_bytes())
    start = 0
    while (at := data.find(b"mvhd", start)) >= 0:
        scale = int.from_bytes(data[at + 16 : at + 20])
        data[at + 20 : at + 24] = int(hours * 3600 * scale).to_bytes(4)
        start = at + 4
    for atom, offset in ((b"tkhd", 24), (b"mdhd", 20)):
        start = 0
        while (at := data.find(atom, start)) >= 0:
            scale = 1000 if atom == b"tkhd" else int.from_bytes(data[at + 16 : at + 20])
            data[at + offset : at + offset + 4] = min(int(hours * 3600 * scale), 2**32 - 1).to_bytes(4)
            start = at + 4
    return bytes(data)
