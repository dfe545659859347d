"""What all parts of `app.json` share."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """What all parts share: strict types, nothing unknown, nothing changed afterwards."""

    # Defaults are checked like values: what is left out may disagree with what is not.
    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        str_strip_whitespace=True,
        validate_default=True,
        serialize_by_alias=True,
    )


def no_twice(found: list[Any]) -> list[Any]:
    """The list, unless something stands in it twice."""
    if any(one in found[:at] for at, one in enumerate(found)):
        raise ValueError("有重复的项")
    return found
