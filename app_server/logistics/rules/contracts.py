"""Which of a tenant's contracts comes first (R-LOG-06)."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Protocol, TypeVar

CARRIER_NAMES = {"ems": "中国邮政速递（EMS）", "sf": "顺丰速运"}
PAYER_NAMES = {"agency": "单位支付", "resident": "本人支付"}


class Terms(Protocol):
    """What the order of contracts goes by; `org` empty: all organisations of the region."""

    region: str
    org: str
    priority: int
    customer_code: str
    valid_from: date
    valid_to: date | None


T = TypeVar("T", bound=Terms)


def in_order(
    found: Iterable[T], region: str, org: str, today: date, covers: Callable[[str, str], bool]
) -> list[T]:
    """The contracts in force for a parcel, first choice first.

    An organisation's own goes before its region's, a county's before the province's; among equals
    the priority decides, and the code, so that two workers never choose differently.
    """
    fit = [
        terms
        for terms in found
        if terms.org in ("", org)
        and covers(terms.region, region)
        and terms.valid_from <= today
        and (terms.valid_to is None or today <= terms.valid_to)
    ]
    return sorted(
        fit, key=lambda t: (not t.org, -len(t.region.rstrip("0")), t.priority, t.customer_code)
    )
