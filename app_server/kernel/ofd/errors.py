"""What can go wrong with an OFD document."""

from typing import Any, ClassVar

from app_server.kernel.errors import Problem


class BadPackage(Problem):
    """A package that is not opened; `reason` is a stable code, `part` the file at fault or ""."""

    code: ClassVar[str] = "ofd.bad_package"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "OFD文件无法读取"

    def __init__(self, reason: str, part: str = "", detail: str | None = None) -> None:
        facts: dict[str, Any] = {"reason": reason, "part": part}
        super().__init__(detail or f"{self.title}（{reason}）", **facts)
        self.reason = reason
        self.part = part


class BadSheet(Problem):
    """A sheet that cannot be set in type as it was asked for; the detail says why."""

    code: ClassVar[str] = "ofd.bad_sheet"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "文档内容无法排版"


class Unprintable(BadSheet):
    """A character that no reader may be shown, or that the font does not have."""

    code = "ofd.unprintable"
    title = "文档中有无法印出的字符"


class CannotSign(Problem):
    """The package takes no further signature; `reason` is a stable code."""

    code: ClassVar[str] = "ofd.cannot_sign"
    status: ClassVar[int] = 409
    title: ClassVar[str] = "该OFD文件不能签章"

    def __init__(self, reason: str, detail: str | None = None) -> None:
        super().__init__(detail or f"{self.title}（{reason}）", reason=reason)
        self.reason = reason
