"""Files to send in tests: good ones of every kind that is taken, and a corpus made to do harm."""

import io
import struct
import uuid
import zipfile
import zlib
from datetime import datetime

from PIL import Image

from chat.services.files import receive_from_attendee
from webinars.models import Registration

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SCRIPT = b"<html><script>alert(1)</script></html>"


def picture(
    kind: str = "PNG", size: tuple[int, int] = (64, 48), colour: str = "red", **more: object
) -> bytes:
    """A picture of one colour, its left upper corner blue."""
    image = Image.new("RGB", size, colour)
    image.paste("blue", (0, 0, size[0] // 2, size[1] // 2))
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def turned_with_a_place() -> bytes:
    """A JPEG held sideways, with a camera's name and a place in it."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "SECRETCAMERA"
    exif.get_ifd(0x8825)[1] = "N"
    return picture("JPEG", (80, 40), exif=exif.tobytes())


def animated() -> bytes:
    """A GIF of three frames."""
    frames = [Image.new("P", (20, 20), number) for number in range(3)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


def office(part: str = "word/document.xml", more: dict[str, bytes] | None = None) -> bytes:
    """The skeleton of an Office document, with other parts by name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(part, "<document/>")
        for name, data in (more or {}).items():
            archive.writestr(name, data)
    return out.getvalue()


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A small PNG that unpacks to gigabytes."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000), 9)
    body = _chunk(b"IHDR", head) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def webp_bomb() -> bytes:
    """A WebP that says it is 16000 pixels wide and high."""
    edge = (16_000 - 1).to_bytes(3, "little")
    chunk = b"VP8X" + struct.pack("<I", 10) + bytes(4) + edge + edge
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def unpacks_without_end() -> bytes:
    """A document of a few hundred kilobytes that unpacks to 300 MB."""
    return office("word/document.xml", {"word/big.bin": bytes(300 * 1024**2)})


def many_scans(more: int = 300) -> bytes:
    """A small JPEG that goes over all its pixels again and again: 42 bytes for each time."""
    data = picture("JPEG", (64, 48), progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * more + data[-2:]


def many_markers() -> bytes:
    """A small JPEG with a great many empty notes before its picture."""
    data = picture("JPEG")
    return data[:2] + b"\xff\xe5\x00\x02" * 20_000 + data[2:]


def many_entries(most: int = 50_000) -> bytes:
    """A list of files that takes a hundred times its length once it is read."""
    entry = b"PK\x01\x02" + bytes(24) + b"\x01\x00" + bytes(16) + b"a"
    listed = entry * most
    end = b"PK\x05\x06" + bytes(4) + b"\xff" * 4 + struct.pack("<IIH", len(listed), 30, 0)
    return b"PK\x03\x04" + bytes(26) + listed + end


def picture_of(registration: Registration, now: datetime, data: bytes = b"") -> uuid.UUID:
    """The id of a picture that the attendee has uploaded and not sent."""
    data = data or picture()
    return receive_from_attendee(
        registration=registration, name="photo.png", length=len(data), pieces=[data], now=now
    ).pk
