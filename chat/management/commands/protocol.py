"""Writes the protocol's shapes as TypeScript, so that browser and server cannot disagree."""

from pathlib import Path
from typing import Any, Literal

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from pydantic import TypeAdapter

from chat.schemas.base import LARGEST_FRAME, LONGEST_TEXT
from chat.schemas.down import attendee_frames, team_frames
from chat.schemas.up import attendee_commands, team_commands

TARGET = Path(settings.BASE_DIR) / "assets" / "shared" / "protocol.ts"
LINE = 110  # as biome formats
HEAD = """/** The protocol between browser and server. Written by `manage.py protocol`; do not edit. */

export const LONGEST_TEXT = {text};
export const LARGEST_FRAME = {frame};
"""

Json = dict[str, Any]
Direction = Literal["validation", "serialization"]
UNIONS: tuple[tuple[str, TypeAdapter[Any], Direction], ...] = (
    ("AttendeeCommand", attendee_commands, "validation"),
    ("TeamCommand", team_commands, "validation"),
    ("AttendeeFrame", attendee_frames, "serialization"),
    ("TeamFrame", team_frames, "serialization"),
)
PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def _literal(value: Any) -> str:
    return '"' + value + '"' if isinstance(value, str) else str(value).lower()


def _type(schema: Json) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    if "const" in schema:
        return _literal(schema["const"])
    if "enum" in schema:
        return " | ".join(_literal(value) for value in schema["enum"])
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return " | ".join(dict.fromkeys(_type(one) for one in schema[key]))
    if schema["type"] == "array":
        return f"{_type(schema['items'])}[]"
    return PLAIN[schema["type"]]


def _field(name: str, kind: str) -> str:
    line = f"{name} {kind};"
    if len(line) <= LINE or " | " not in kind:
        return line
    return name + "".join(f"\n    | {one}" for one in kind.split(" | ")) + ";"


def _interface(name: str, schema: Json) -> str:
    required = set(schema.get("required", ()))
    lines = [
        _field(f"  {field}{'' if field in required else '?'}:", _type(shape))
        for field, shape in schema.get("properties", {}).items()
    ]
    about = " ".join(schema.get("description", "").split())
    if not lines:
        return f"/** {about} */\nexport type {name} = Record<string, never>;\n"
    return f"/** {about} */\nexport interface {name} {{\n" + "\n".join(lines) + "\n}\n"


def _union(name: str, members: list[str]) -> str:
    line = f"export type {name} = {' | '.join(members)};\n"
    if len(line.rstrip()) <= LINE:
        return line
    return f"export type {name} =" + "".join(f"\n  | {member}" for member in members) + ";\n"


def typescript() -> str:
    """The whole module: one interface per shape, one union per direction and side."""
    interfaces: dict[str, str] = {}
    unions = []
    for name, adapter, mode in UNIONS:
        schema = adapter.json_schema(mode=mode)
        for key, shape in schema["$defs"].items():
            interfaces[key] = _interface(key, shape)
        unions.append(_union(name, [_type(one) for one in schema["oneOf"]]))
    head = HEAD.format(text=LONGEST_TEXT, frame=LARGEST_FRAME)
    return "\n".join([head, *(interfaces[key] for key in sorted(interfaces)), *unions])


class Command(BaseCommand):
    """`manage.py protocol [--check]`"""

    help = "Write assets/shared/protocol.ts from the server's shapes, or check that it is up to date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail when the file differs; write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        fresh = typescript()
        if not options["check"]:
            TARGET.write_text(fresh, encoding="utf-8")
            self.stdout.write(f"{TARGET.relative_to(settings.BASE_DIR)} written.")
        elif not TARGET.exists() or TARGET.read_text(encoding="utf-8") != fresh:
            raise CommandError("assets/shared/protocol.ts is out of date; run `manage.py protocol`.")
