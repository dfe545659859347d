"""Shapes of forms' requests; the reply is `Draft` of the service."""

from typing import Annotated, Any

from pydantic import Field

from app_server.kernel.http import Query, Shape, Text


class DraftData(Shape):
    """Everything the person filled in so far; what is left out counts as empty."""

    data: Annotated[dict[Text, Any], Field(max_length=200)]


class FileName(Query):
    """What the person calls the file."""

    name: Annotated[Text, Field(min_length=1, max_length=100)] = "照片"
