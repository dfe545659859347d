"""What a channel can say about a log-in code."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class CodeRefused(Exception):
    """The code is wrong, used, or somebody else's; the text is the channel's reason."""


class ChannelDown(OSError):
    """The channel does not answer, or its answer cannot be trusted."""


@dataclass(frozen=True, slots=True)
class ChannelUser:
    """Who the channel says this is, within one app of ours; `id_kind` is which of its names.

    `union_id` is the same in all apps of ours, where they are joined on the open platform.
    """

    channel: str
    app_id: str
    openid: str
    id_kind: str = "openid"
    union_id: str = ""


class NoticeForged(Exception):
    """A notice without the vendor's signature, of another app, or of long ago."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A user took back what they authorised, told by the channel; by one or several names."""

    channel: str
    app_id: str
    names: tuple[tuple[str, str], ...]
    at: datetime


class Channel(Protocol):
    """A channel that turns a log-in code into its own name for a user."""

    async def user_of(self, code: str) -> ChannelUser:
        """Exchange the code, server to server; raises `CodeRefused`, `ChannelDown`."""
