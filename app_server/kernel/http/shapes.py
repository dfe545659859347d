"""Bases of request and reply shapes: strict, closed, and honest in their JSON Schema."""

from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

T = TypeVar("T")


def _integral(value: Any) -> Any:
    # JSON Schema calls 910.0 an integer; pydantic's strict mode would not (stack.md §1).
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _storable(value: str) -> str:
    # PostgreSQL text holds no NUL, and a lone surrogate is no character.
    if "\x00" in value or any(0xD800 <= ord(char) <= 0xDFFF for char in value):
        raise ValueError("含有无法保存的字符")
    return value


Count = Annotated[int, BeforeValidator(_integral), Field(ge=0, le=2**53)]
Text = Annotated[str, AfterValidator(_storable)]


class Shape(BaseModel):
    """A request or reply body: unknown fields and silent conversions are refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Query(BaseModel):
    """Query parameters: text is converted, unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Form(BaseModel):
    """Form fields of a foreign protocol (OAuth): text, unknown names are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Page(Shape, Generic[T]):
    """One page of a keyset list; `next` is the cursor of the following one, or null."""

    items: list[T]
    next: str | None = None
