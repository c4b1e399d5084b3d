"""What every shape of the protocol has in common, and its limits."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

LONGEST_TEXT = 4000  # code points
LARGEST_FRAME = 32 * 1024  # bytes
DEEPEST_FRAME = 8

Number = Annotated[int, Field(strict=True, ge=0, le=2**53)]
Seconds = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]


class Shape(BaseModel):
    """Base of everything that travels: unknown fields are refused, nothing is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Nothing(Shape):
    """No data."""
