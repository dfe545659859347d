"""The open gateway: which client scope a reviewed permission brings, and how often it may be used.

An app's back end has machine clients of its own for it, apart from the key that publishes: one for
real people, one for a sandbox that runs the whole path and reaches nobody.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from miniapps.rules.origins import APPID
from miniapps.rules.scopes import LICENCE_SCOPE, MESSAGE_SCOPE, PAY_SCOPE


@dataclass(frozen=True, slots=True)
class Offer:
    """What a client scope allows: the person's permission it rests on (if any), how often a day."""

    title: str
    permission: str
    a_day: int


# About the department's own cases, not about what a person lets an app know: given with the items
# the manifest handles.
PROGRESS_SCOPE = "cases.progress"
OFFERS: Mapping[str, Offer] = MappingProxyType(
    {
        "messages.send": Offer("给同意的人发送消息", MESSAGE_SCOPE, 20_000),
        "bills.create": Offer("开具待缴账单", PAY_SCOPE, 20_000),
        "licences.read": Offer("查看本人同意的证照", LICENCE_SCOPE, 5_000),
        PROGRESS_SCOPE: Offer("通报办件进展", "", 20_000),
    }
)
A_MINUTE = 300
# One bill of an app is at most this much; what is owed more goes through cases.
MOST_BILL_FEN = 10_000_000

# Whether a client of this kind is for the sandbox. The app's own client has a secret that also
# publishes, so it is let in only where it proves itself by a key of its own.
_KINDS = MappingProxyType({"gateway": False, "sandbox": True, "miniapp": False})


def gateway_client(appid: str, *, sandbox: bool) -> str:
    """The machine client an app's back end calls the gateway as."""
    return f"{'sandbox' if sandbox else 'gateway'}:{appid}"


def app_of_gateway(client_id: str) -> tuple[str, bool]:
    """The app a gateway's client belongs to ("" for another), and whether it is the sandbox's."""
    kind, _, appid = client_id.partition(":")
    known = kind in _KINDS and re.fullmatch(APPID, appid)
    return (appid if known else "", _KINDS.get(kind, False))
