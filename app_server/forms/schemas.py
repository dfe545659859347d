"""Shapes of forms' requests; the replies are `Draft` and `DraftList` of the service."""

from typing import Annotated, Any, Literal

from pydantic import Field

from app_server.kernel.http import Query, Shape, Text


class DraftData(Shape):
    """Everything the person filled in so far; what is left out counts as empty."""

    data: Annotated[dict[Text, Any], Field(max_length=200)]


class FileName(Query):
    """What the person calls the file."""

    name: Annotated[Text, Field(min_length=1, max_length=100)] = "照片"


class OfItem(Query):
    """Only drafts of one item."""

    item_code: Annotated[Text, Field(max_length=60)] = ""


class Commitment(Shape):
    """Agreeing to a commitment; `sha256` names the very text that was shown."""

    agreed: Literal[True]
    sha256: Annotated[Text, Field(pattern="^[0-9a-f]{64}$")]
