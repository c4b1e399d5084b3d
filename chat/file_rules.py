"""Decides from a file's bytes and name what may be sent in a conversation, and what it is called there."""

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass

MOST_FILES = 5  # in one message
LONGEST_NAME = 100
MOST_ENTRIES = 5_000  # in an Office document
MOST_UNPACKED = 200 * 1024**2  # bytes

PICTURE = "image/webp"  # what every picture becomes
PDF = "application/pdf"
TEXT = "text/plain"
CSV = "text/csv"
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = f"{_OFFICE}wordprocessingml.document"
XLSX = f"{_OFFICE}spreadsheetml.sheet"
PPTX = f"{_OFFICE}presentationml.presentation"
EXTENSIONS = {PICTURE: "webp", PDF: "pdf", TEXT: "txt", CSV: "csv", DOCX: "docx", XLSX: "xlsx", PPTX: "pptx"}
# What a browser's file dialogue offers.
ACCEPTED = ".jpg,.jpeg,.png,.gif,.webp,.pdf,.txt,.csv,.docx,.xlsx,.pptx"

_PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
_MARKUP = re.compile(
    rb"<\s*(?:html|script|svg|iframe|body|head|!doctype|\?xml|\?php|object|embed)[\s>/]", re.I
)
_ENTRY = b"PK\x01\x02"  # begins each entry of an archive's list
_SNIFFED = 1024  # bytes that browsers look at
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_RESERVED = re.compile(r"^(?:con|prn|aux|nul|com\d|lpt\d)$", re.I)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a file is: its type by content, and its name as people see it."""

    type: str
    name: str


def judge(data: bytes, name: str) -> Sent | None:
    """What the file is; None for everything that is not taken, whatever its name says."""
    kind = _kind(data, name.rpartition(".")[2].lower() if "." in name else "")
    return Sent(kind, shown_name(name, EXTENSIONS[kind])) if kind else None


def _kind(data: bytes, extension: str) -> str | None:
    if data.startswith(_PICTURES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        # Written anew it would be harmless; a picture that is a page as well was made to do harm all the same.
        return None if _MARKUP.search(data) else PICTURE
    if data.startswith(b"%PDF-"):
        ended = b"%%EOF" in data[-2048:]
        return PDF if ended and not _MARKUP.search(data[:_SNIFFED]) else None
    if data.startswith(b"PK\x03\x04"):
        return _office(data)
    return _plain(data, extension)


def _plain(data: bytes, extension: str) -> str | None:
    kinds = {"txt": TEXT, "csv": CSV}
    if extension not in kinds or _MARKUP.search(data[:_SNIFFED]) or _NOT_TEXT.search(data):
        return None
    return kinds[extension]


def _office(data: bytes) -> str | None:
    """A document by the parts in it; none with macros, passwords, odd places, or that unpacks without end."""
    if data.count(_ENTRY) > MOST_ENTRIES:  # reading the list takes a hundred times its length
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, RuntimeError):
        return None
    names = {entry.filename for entry in entries}
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        return None
    if any(entry.flag_bits & 1 or _is_odd(entry.filename) for entry in entries):
        return None
    if "[Content_Types].xml" not in names:
        return None
    return next((kind for part, kind in _PARTS.items() if part in names), None)


def _is_odd(name: str) -> bool:
    macros = name.lower().endswith(("vbaproject.bin", ".exe", ".js", ".html", ".htm", ".hta", ".bat", ".vbs"))
    return macros or name.startswith(("/", "\\")) or ".." in name.split("/") or "\\" in name


def shown_name(name: str, extension: str) -> str:
    """A file's name as people may see it: no path, no control or direction marks, the extension of what it is."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(letter for letter in last if unicodedata.category(letter)[0] not in "CZ" or letter == " ")
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", kept.strip())
    stem = re.sub(r'[<>:"|?*]', "", stem).lstrip("-. ").rstrip(". ")[:LONGEST_NAME].rstrip(". ")
    if not stem or _RESERVED.match(stem):
        stem = "file"
    return f"{stem}.{extension}"
