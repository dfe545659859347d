"""What an outside party that vouches for people can be asked (R-ID-08).

A new source is one file beside this one that fills `Certifier`, one line in `certifiers.py` and
one row in `data/means.json`.
"""

from dataclasses import dataclass, field
from typing import Literal, Protocol


class CertifierDown(OSError):
    """The party does not answer, or its answer cannot be trusted."""


class NotVouched(Exception):
    """The party refuses: wrong account, another's face …; the text is its own reason code."""


class NotYet(Exception):
    """The party has no result: the person has not finished there."""


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who is to be vouched for, as the population registry knows them."""

    name: str
    id_number: str
    phone: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing the person must give; `title` and `hint` are what they read."""

    name: str
    title: str
    pattern: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """How it goes on: another page, parameters for the vendor's client, or fields to fill in.

    `reference` is what we need to ask for the result; it is kept sealed.
    """

    kind: Literal["redirect", "params", "fields"]
    reference: dict[str, str] = field(default_factory=dict)
    url: str = ""
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vouched:
    """The party vouches; `said_name` is the name it has for this ID number (R-ID-38)."""

    said_name: str
    mark: str = ""


class Certifier(Protocol):
    """An outside party that vouches for a name and an ID number."""

    asks_first: tuple[Asked, ...]
    asks_last: tuple[Asked, ...]

    async def begin(
        self, who: Applicant, number: str, given: dict[str, str], return_url: str
    ) -> Begun:
        """Open a check under our own number; raises `NotVouched`, `CertifierDown`."""

    async def result(
        self, who: Applicant, number: str, reference: dict[str, str], given: dict[str, str]
    ) -> Vouched:
        """The party's own server's answer; raises `NotVouched`, `NotYet`, `CertifierDown`."""
