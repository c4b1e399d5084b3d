"""The protocol's documentation, its TypeScript and its shapes say the same."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from chat.management.commands.protocol import TARGET, typescript
from chat.schemas import down, up

PAGE = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
SIDES: list[tuple[str, TypeAdapter[Any], Any]] = [
    ("Attendee, up", up.attendee_commands, up.AttendeeCommand),
    ("Attendee, down", down.attendee_frames, down.AttendeeFrame),
    ("Team, up", up.team_commands, up.TeamCommand),
    ("Team, down", down.team_frames, down.TeamFrame),
]


def examples(heading: str) -> list[str]:
    block = re.search(rf"## {heading}\n\n```json\n(.*?)```", PAGE, re.DOTALL)
    assert block is not None, heading
    return block.group(1).strip().splitlines()


@pytest.mark.parametrize(("heading", "adapter", "union"), SIDES, ids=[side[0] for side in SIDES])
def test_every_shape_has_one_example_that_fits(heading: str, adapter: TypeAdapter[Any], union: Any) -> None:
    shown = [type(adapter.validate_json(line)) for line in examples(heading)]
    assert sorted(shape.__name__ for shape in shown) == sorted(
        shape.__name__ for shape in get_args(get_args(union)[0])
    )


def test_the_typescript_is_up_to_date() -> None:
    assert TARGET.read_text(encoding="utf-8") == typescript()


@pytest.mark.parametrize("field", ["conversation", "author", "is_host", "role", "seq", "at"])
def test_no_command_takes_what_the_server_decides(field: str) -> None:
    frame = {"type": "message.post", "ref": None, "data": {"text": "hi", field: "x"}}
    with pytest.raises(ValidationError) as refused:
        up.attendee_commands.validate_json(json.dumps(frame))
    assert refused.value.errors()[0]["type"] == "extra_forbidden"
