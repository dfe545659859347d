"""What a channel can say about a log-in code."""

from dataclasses import dataclass
from typing import Protocol


class CodeRefused(Exception):
    """The code is wrong, used, or somebody else's; the text is the channel's reason."""


class ChannelDown(OSError):
    """The channel does not answer, or its answer cannot be trusted."""


@dataclass(frozen=True, slots=True)
class ChannelUser:
    """Who the channel says this is, within one app of ours."""

    channel: str
    app_id: str
    openid: str


class Channel(Protocol):
    """A channel that turns a log-in code into its own name for a user."""

    async def user_of(self, code: str) -> ChannelUser:
        """Exchange the code, server to server; raises `CodeRefused`, `ChannelDown`."""
