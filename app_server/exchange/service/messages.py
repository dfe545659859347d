"""The shape of a system's message about a case."""

from typing import Annotated, Literal

from pydantic import Field

from app_server.cases import service as cases
from app_server.kernel.http import Shape, Text

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,60}$")]


class Mark(Shape):
    """What was found at one review point."""

    code: Code
    mark: Literal["pass", "fail", "na"]
    note: Annotated[Text, Field(max_length=500)] = ""


class SystemMessage(Shape):
    """One message: `process` is anything but a decision, `result` is the decision.

    `seq` counts a system's messages about a case from 1; `at` is when it happened there, written
    as GB/T 39046 does; `officer` is who did it there.
    """

    case_no: Annotated[str, Field(pattern=r"^[0-9A-Za-z]{8,50}$")]
    seq: Annotated[int, Field(ge=1, le=9999)]
    kind: Literal["process", "result"]
    deed: cases.DeedName
    at: Annotated[str, Field(pattern=r"^[0-9]{8}T[0-9]{6}$")]
    officer: Annotated[Text, Field(min_length=1, max_length=30)]
    title: Annotated[Text, Field(max_length=60)] = ""
    note: Annotated[Text, Field(max_length=500)] = ""
    points: Annotated[list[Mark], Field(max_length=60)] = []
    procedure: Annotated[Text, Field(max_length=60)] = ""
    days: Annotated[int, Field(ge=0, le=400)] = 0

    def lacks(self) -> list[dict[str, str]]:
        """What the deed needs and the message does not say."""
        decides = self.deed in {"approve", "refuse"}
        found = []
        if decides != (self.kind == "result"):
            found.append({"field": "kind", "message": "报文种类与业务动作不符"})
        if self.deed == "progress" and len(self.title) < 2:
            found.append({"field": "title", "message": "请填写环节名称"})
        if self.deed in {"refuse", "return_case", "suspend"} and len(self.note) < 2:
            found.append({"field": "note", "message": "请说明理由"})
        return found

    def outside_deed(self) -> cases.OutsideDeed:
        """The message as cases takes it."""
        return cases.OutsideDeed(
            name=self.deed,
            note=self.note,
            title=self.title,
            points=[cases.PointMark(p.code, p.mark, p.note) for p in self.points],
            procedure=self.procedure,
            days=self.days,
        )
