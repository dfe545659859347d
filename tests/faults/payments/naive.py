"""Payments as one would write it without thinking: each variant lacks one thing the design has.

The judge must find every one of them, else its zeros say nothing.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

import pytest

from app_server.kernel import db
from app_server.kernel.events import Outcome, Unknown
from app_server.kernel.ids import uuid7
from payments.models import Attempt, Bill, Order, Refund
from payments.rules import ATTEMPT_EDGES, OPEN_ATTEMPTS
from payments.service import attempts, facts, ledger, orders
from payments.service.facts import Locked
from payments.service.refunds import pursue_refund
from tests.faults.payments.town import Plan

Patch = pytest.MonkeyPatch
CLOSED_IS_CLOSED = MappingProxyType(
    {**ATTEMPT_EDGES, "closed": frozenset(), "rejected": frozenset()}
)


def silence_is_failure(patch: Patch) -> None:
    """Whoever does not answer has not been paid: closed here, and closed is closed."""
    asked = attempts.ask_gateway

    async def ask(out_trade_no: str) -> Outcome:
        told = await asked(out_trade_no)
        if isinstance(told, Unknown) and told.detail not in {"waiting", "missing"}:
            async with db.unit_of_work():
                locked = await facts.lock(out_trade_no)
                if locked is not None and locked.attempt.state in OPEN_ATTEMPTS:
                    await facts.end_attempt(locked, "closed")
        return told

    patch.setattr("payments.service.ask_gateway", ask)
    patch.setattr(orders, "ask_gateway", ask)
    patch.setattr(facts, "ATTEMPT_EDGES", CLOSED_IS_CLOSED)


def late_success_is_ignored(patch: Patch) -> None:
    """What we closed cannot be paid any more, says our own table."""
    patch.setattr(facts, "ATTEMPT_EDGES", CLOSED_IS_CLOSED)


def neither_locks_nor_keys(patch: Patch) -> None:
    """A notice is read, then written: no row is locked, no word or booking counts once."""

    async def read(out_trade_no: str) -> Locked | None:
        attempt = await Attempt.get_or_none(out_trade_no=out_trade_no)
        if attempt is None:
            return None
        order = await Order.get(id=attempt.order_id)
        return Locked(await Bill.get(id=order.bill_id), order, attempt)

    async def keep(*_: Any) -> str:
        return "applied"

    booked = ledger.book

    async def book(key: str, entries: Sequence[tuple[str, int]]) -> None:
        await booked(f"{key}#{secrets.token_hex(4)}", entries)

    patch.setattr(facts, "lock", read)
    patch.setattr(facts, "keep_fact", keep)
    patch.setattr(facts, "book", book)


def second_payment_is_kept(patch: Patch) -> None:
    """Money that came twice is noted, and nobody sends it back."""

    async def nothing(*_: Any) -> None:
        return None

    patch.setattr(facts, "begin_automatic", nothing)


def every_retry_has_a_new_number(patch: Patch) -> None:
    """A refund without an answer is tried again, under another number."""
    present: dict[str, str] = {}

    async def again(out_refund_no: str) -> Outcome:
        number = present.get(out_refund_no, out_refund_no)
        told = await pursue_refund(number)
        if isinstance(told, Unknown) and told.detail not in {"processing", "missing"}:
            present[out_refund_no] = uuid7().hex
            await Refund.filter(out_refund_no=number).update(
                out_refund_no=present[out_refund_no], state="new"
            )
        return told

    patch.setattr("payments.service.pursue_refund", again)


# Each with the faults under which it shows, and the stories that are enough.
VARIANTS: dict[str, tuple[Callable[[Patch], None], Plan]] = {
    "silence_is_failure": (silence_is_failure, Plan(("answer_lost",), 0.5)),
    "late_success_is_ignored": (late_success_is_ignored, Plan(("late_success",))),
    "neither_locks_nor_keys": (neither_locks_nor_keys, Plan(("notice_copies",), 0.9)),
    "second_payment_is_kept": (second_payment_is_kept, Plan()),
    "every_retry_has_a_new_number": (every_retry_has_a_new_number, Plan(("answer_lost",), 0.5)),
}


@contextmanager
def variant(name: str) -> Iterator[None]:
    """Payments lacks something while it is open; nothing for no name."""
    if not name:
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        VARIANTS[name][0](patch)
        yield
