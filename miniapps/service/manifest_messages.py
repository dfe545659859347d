"""The part of `app.json` with the messages an app's back end may send."""

import re
from typing import Annotated

from pydantic import Field, field_validator

from miniapps.service.manifest_part import Part

_NAME = re.compile(r"\{([a-z][a-z0-9_]{0,19})\}")


class MessageTemplate(Part):
    """One message: reviewed words, with names in braces for what differs."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,17}$", description="模板编号")]
    title: Annotated[str, Field(min_length=2, max_length=30, description="标题")]
    body: Annotated[
        str, Field(min_length=4, max_length=200, description="正文，变化的内容写成 {名称}")
    ]

    @field_validator("body")
    @classmethod
    def _plain(cls, body: str) -> str:
        # Nothing but names: a format string reaches into objects.
        if re.search(r"[{}]", _NAME.sub("", body)):
            raise ValueError("花括号里只能是小写字母开头的名称")
        return body

    @property
    def names(self) -> set[str]:
        """What must be given to send it."""
        return set(_NAME.findall(self.body))
