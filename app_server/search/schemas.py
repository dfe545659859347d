"""Shapes of search."""

from typing import Annotated, Any, Literal

from pydantic import Field

from app_server.kernel import regions
from app_server.kernel.http import Query, Shape, Text


class SearchQuery(Query):
    """What is looked for, and where; an empty q asks for what is popular."""

    q: Annotated[Text, Field(max_length=100)] = ""
    region: Annotated[str | None, Field(pattern=r"^[0-9]{6}([0-9]{3})?$")] = None


class Hit(Shape):
    """One thing that fits."""

    kind: Literal["item", "mini_app"]
    code: str
    title: str
    subtitle: str
    region_name: str
    min_tier: int


class Hits(Shape):
    """The best hits and how many there are."""

    hits: list[Hit]
    total: int


def hit(row: Any) -> Hit:
    """A row of the index as a hit."""
    names = ("kind", "code", "title", "subtitle", "min_tier")
    return Hit(**{n: row[n] for n in names}, region_name=regions.full_name(row["region"]))
