"""Makes safe pictures of what people send: decoded within bounds, turned upright, written anew without the rest."""

import io
import re
import struct
import threading
from dataclasses import dataclass

from PIL import Image, ImageOps

MOST_PIXELS = 25_000_000
QUALITY = 82
# A progressive JPEG goes over its pixels about ten times. One of ten megabytes can do so 200 000 times: half an hour.
MOST_SCANS = 100
MOST_MARKERS = 2_000
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
_MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")
_SCAN, _END = 0xDA, 0xD9
# Pillow's own bound is seven times ours, and half of it only a warning: ours is asked before anything is decoded.
Image.MAX_IMAGE_PIXELS = None
# A picture of 25 MP takes 100 MB while it is decoded: two at a time in a process, however many are sent.
_decoding = threading.BoundedSemaphore(2)


class BadPicture(Exception):
    """Nothing can be made of it; `code` is not_a_picture or image_too_large."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Picture:
    """A WebP of our own making."""

    content: bytes
    width: int
    height: int


def scaled(data: bytes, *edges: int) -> list[Picture]:
    """The picture once for each longest edge in pixels, never larger than it was; of an animation the first frame.

    Raises BadPicture.
    """
    with _decoding:
        upright = _upright(data, max(edges))
        return [_scaled(upright, edge) for edge in edges]


def square(data: bytes, edge: int) -> bytes:
    """The middle of the picture as a square with this edge in pixels. Raises BadPicture."""
    with _decoding:
        upright = _upright(data, 4 * edge)
        return _written(ImageOps.fit(upright, (edge, edge), Image.Resampling.LANCZOS))


def _upright(data: bytes, edge: int) -> Image.Image:
    """The pixels and nothing else, about as large as needed."""
    _check_size(*_canvas_of_webp(data))
    _check_scans(data)
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            _check_size(*image.size)
            image.draft("RGB", (edge, edge))  # a JPEG is decoded smaller at once
            image.load()
            plain = image.convert("RGBA" if _is_see_through(image) else "RGB")
            plain.info = {}
            turned = image.getexif().get(0x0112, 1)
    except MemoryError:
        raise BadPicture("image_too_large") from None
    except (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        ArithmeticError,
        LookupError,
        TypeError,
        struct.error,
    ):
        # What Pillow raises for files that are cut, or made to break it.
        raise BadPicture("not_a_picture") from None
    plain.thumbnail((edge, edge), Image.Resampling.LANCZOS)
    return _turned(plain, turned)


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise BadPicture("image_too_large")


def _check_scans(data: bytes) -> None:
    """Refuse a JPEG that is more work than its pixels: its decoder knows no bound, and cannot be stopped."""
    if not data.startswith(b"\xff\xd8"):
        return
    at, scans = 2, 0
    for _marker in range(MOST_MARKERS):
        found = _MARKER.search(data, at)
        if found is None or found[1][0] == _END:
            return
        scans += found[1][0] == _SCAN
        if scans > MOST_SCANS:
            break
        at = found.end() + int.from_bytes(data[found.end() : found.end() + 2])
    raise BadPicture("not_a_picture")


def _canvas_of_webp(data: bytes) -> tuple[int, int]:
    """The size a WebP says it has, 1 × 1 for anything else: its decoder takes the memory before Pillow looks."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return 1, 1
    if data[12:16] == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if data[12:16] == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF


def _is_see_through(image: Image.Image) -> bool:
    return "A" in image.mode or "transparency" in image.info


def _turned(image: Image.Image, orientation: int) -> Image.Image:
    """As the camera was held."""
    ways = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    way = ways.get(orientation)
    return image.transpose(way) if way is not None else image


def _scaled(image: Image.Image, edge: int) -> Picture:
    copy = image.copy()
    copy.thumbnail((edge, edge), Image.Resampling.LANCZOS)
    return Picture(_written(copy), *copy.size)


def _written(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()
