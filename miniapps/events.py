"""What mini-apps announce."""

from typing import ClassVar

from app_server.kernel.events import Event


class VersionChecked(Event):
    """Quick checks found nothing that keeps a version from review; a browser may look at it."""

    name: ClassVar[str] = "miniapps.version_checked/1"
    key: ClassVar[str] = "appid"
    appid: str
    version: int


class MiniAppReleased(Event):
    """A version is what residents get from now on."""

    name: ClassVar[str] = "miniapps.released/1"
    key: ClassVar[str] = "appid"
    appid: str
    version: int
    app_name: str
    short_name: str
    summary: str
    owner_name: str
    region: str
    region_codes: list[str]
    min_tier: int


class MiniAppWithdrawn(Event):
    """Nobody gets the app any more, for now or for good."""

    name: ClassVar[str] = "miniapps.withdrawn/1"
    key: ClassVar[str] = "appid"
    appid: str
    reason: str
    for_good: bool
