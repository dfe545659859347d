"""What themes announce."""

from typing import ClassVar

from app_server.kernel.events import Event


class ProjectNoticed(Event):
    """The investment platform told something about a project."""

    name: ClassVar[str] = "themes.project_noticed/1"
    key: ClassVar[str] = "project_code"
    project_code: str
    number: str
    kind: str
    title: str


class ProjectMoved(Event):
    """Something happened here to a project that the investment platform is to hear of."""

    name: ClassVar[str] = "themes.project_moved/1"
    key: ClassVar[str] = "project_code"
    project_code: str
    facts: dict[str, str | int]
