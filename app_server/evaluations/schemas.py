"""Shapes of ratings."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from app_server.evaluations.models import Evaluation
from app_server.evaluations.rules import gb_code
from app_server.kernel.http import Shape, Text


class Rating(Shape):
    """Stars (5 = 非常满意), what was good or bad, and free words."""

    score: Annotated[int, Field(ge=1, le=5)]
    tags: Annotated[
        list[Annotated[Text, Field(min_length=1, max_length=20)]], Field(max_length=10)
    ] = []
    comment: Annotated[Text, Field(max_length=500)] = ""


class RatingView(Shape):
    """Whether a case can be rated, or how it was."""

    state: Literal["none", "invited", "rated"]
    score: int | None = None
    tags: list[str] = []
    comment: str = ""
    invited_at: datetime | None = None


def rating_view(row: Evaluation | None) -> RatingView:
    """An invitation or rating as its owner sees it."""
    if row is None:
        return RatingView(state="none")
    return RatingView(
        state="rated" if row.state == "rated" else "invited",
        score=gb_code(row.gb_code) if row.gb_code else None,
        tags=row.tags,
        comment=row.comment,
        invited_at=row.invited_at,
    )
