"""Accounts that public bodies keep for people: housing fund, social-security card.

Their keepers answer through the registry port, with the name they have for the ID number.
"""

from collections.abc import Awaitable, Callable

from auth.identity.providers.certifier import (
    Applicant,
    Asked,
    Begun,
    CertifierDown,
    NotVouched,
    Vouched,
)
from auth.identity.providers.registries import AccountAnswer, registries


class PublicAccount:
    """A check that needs one number and no page of somebody else's."""

    asks_first: tuple[Asked, ...] = ()

    def __init__(
        self, asked: Asked, ask: Callable[[Applicant, str], Awaitable[AccountAnswer]]
    ) -> None:
        self.asks_last: tuple[Asked, ...] = (asked,)
        self._name, self._ask = asked.name, ask

    async def begin(
        self, who: Applicant, number: str, given: dict[str, str], return_url: str
    ) -> Begun:
        """Nothing to open: the person fills in the number."""
        del who, number, given, return_url
        return Begun("fields")

    async def result(
        self, who: Applicant, number: str, reference: dict[str, str], given: dict[str, str]
    ) -> Vouched:
        """The keeper's word; an account under this ID number and another name is news."""
        del number, reference
        try:
            told = await self._ask(who, given[self._name])
        except OSError as error:
            raise CertifierDown(self._name) from error
        if not told.matched and not told.holder_name:
            raise NotVouched("no_such_account")
        return Vouched(told.holder_name or who.name, given[self._name][-4:])


async def _fund(who: Applicant, account: str) -> AccountAnswer:
    return await registries().housing_fund_account(
        id_number=who.id_number, name=who.name, account=account
    )


async def _card(who: Applicant, number: str) -> AccountAnswer:
    return await registries().social_security_card(
        id_number=who.id_number, name=who.name, card_number=number
    )


HOUSING_FUND = PublicAccount(
    Asked("account", "个人公积金账号", r"^[0-9]{6,20}$", "可在公积金缴存单上查到"), _fund
)
SOCIAL_SECURITY_CARD = PublicAccount(
    Asked("card_number", "社会保障卡卡号", r"^[A-Z]{2}[0-9]{7}$", "卡面上以字母开头的卡号"), _card
)
