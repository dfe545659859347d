"""The double-entry ledger: debits positive, credits negative, every transaction sums to nothing."""

from collections.abc import Sequence

from app_server.kernel import clock, db
from app_server.kernel.ids import uuid7

# Whose money a channel holds, by the account it settles to (R-PAY-07).
DUPLICATE = "suspense:duplicate"


def channel_account(channel: str, merchant: str) -> str:
    """What a channel owes us."""
    return f"channel:{channel}/{merchant}"


def agency_account(fee_class: str, agency_code: str) -> str:
    """What we owe an agency; the class decides whether the treasury or a merchant account."""
    return f"agency:{fee_class}/{agency_code}"


async def book(key: str, entries: Sequence[tuple[str, int]]) -> None:
    """Write one ledger transaction in the caller's unit of work; its key makes it once.

    Raises `ValueError` when it does not sum to zero; the database checks it again at commit.
    """
    if sum(amount for _, amount in entries):
        raise ValueError("a ledger transaction sums to zero")
    uow = db.needed()
    transaction = uuid7()
    uow.add("payments_ledger_transaction", {"id": transaction, "key": key, "at": clock.now()})
    for account, amount in entries:
        uow.add(
            "payments_ledger_entry",
            {
                "id": uuid7(),
                "transaction_id": transaction,
                "account": account,
                "amount_fen": amount,
            },
        )
