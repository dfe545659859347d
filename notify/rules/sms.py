"""Phones and the length of a short message (payments-channels.md §8, §9)."""

import re

from notify.errors import PhoneInvalid

SMS_FEN = 5  # what one part costs, for the estimate; the bill is the carrier's
ONE_PART, OF_MANY = 70, 67  # UCS-2 characters: six octets of a part say which part it is
_PHONE = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")


def checked_phone(given: str) -> str:
    """The eleven digits of a mainland mobile; spaces, hyphens and +86 are taken off.

    Raises `PhoneInvalid`, also for full-width digits: what was typed is shown to nobody.
    """
    found = _PHONE.fullmatch(re.sub(r"[ \-]", "", given))
    if found is None:
        raise PhoneInvalid
    return found[1]


def masked(phone: str) -> str:
    """A phone as it may be shown."""
    return f"{phone[:3]}****{phone[-4:]}"


def sms_parts(text: str) -> int:
    """How many parts the text takes; characters beyond the basic plane count twice (UCS-2)."""
    units = len(text.encode("utf-16-be")) // 2
    return 1 if units <= ONE_PART else -(-units // OF_MANY)
