"""The registries behind the ports of identity and organisations."""

import base64
from datetime import date
from typing import Any

from app_server.sharing.providers.exchange import exchange
from auth.identity import service as identity
from auth.organisations import service as organisations


class PopulationChecks:
    """Identity's port to the registries of people; every method raises `OSError` when away."""

    async def four_fields_match(
        self, *, id_number: str, name: str, ethnic_group: str, sex: str
    ) -> bool:
        """Whether all four fields stand together (R-ID-05)."""
        subject = {
            "id_number": id_number,
            "name": name,
            "ethnic_group": ethnic_group,
            "sex": sex,
        }
        answer = await exchange().ask("population.four_fields", subject, "实名核验")
        return answer.get("matched") is True

    async def portrait(self, *, id_number: str, name: str) -> bytes | None:
        """The photo of the ID card as JPEG (R-ID-09)."""
        answer = await exchange().ask(
            "population.portrait", {"id_number": id_number, "name": name}, "人脸核验"
        )
        jpeg = answer.get("jpeg")
        return base64.b64decode(jpeg) if jpeg else None

    async def document(self, *, id_number: str, name: str) -> identity.Document | None:
        """The card's validity and the holder's life (R-ID-43)."""
        answer = await exchange().ask(
            "population.document", {"id_number": id_number, "name": name}, "证件有效性核验"
        )
        return _document(answer) if answer.get("known") else None

    async def changes(self, *, after: int) -> list[identity.PopulationChange]:
        """What changed in the population registry after a position."""
        answer = await exchange().ask("population.changes", {"after": str(after)}, "人口库变更同步")
        return [
            identity.PopulationChange(int(c["position"]), str(c["id_number"]), _document(c))
            for c in answer["changes"]
        ]

    async def housing_fund_account(
        self, *, id_number: str, name: str, account: str
    ) -> identity.AccountAnswer:
        """Whether a housing-fund account is this person's (R-ID-08)."""
        subject = {"id_number": id_number, "name": name, "account": account}
        return _account(await exchange().ask("housing_fund.account", subject, "公积金账号认证"))

    async def social_security_card(
        self, *, id_number: str, name: str, card_number: str
    ) -> identity.AccountAnswer:
        """Whether a social-security card is this person's (R-ID-34)."""
        subject = {"id_number": id_number, "name": name, "card_number": card_number}
        return _account(await exchange().ask("social_security.card", subject, "社会保障卡认证"))


class OrganisationChecks:
    """The port of organisations to their libraries; every method raises `OSError` when away."""

    async def registered(self, library: str, asked: organisations.Asked) -> bool:
        """Whether the registering authority knows it so (R-ID-17)."""
        subject = {
            "credit_code": asked.credit_code,
            "name": asked.name,
            "registration_no": asked.registration_no,
            "representative_name": asked.representative_name,
            "representative_id_number": asked.representative_id_number,
        }
        answer = await exchange().ask(f"{library}.registered", subject, "单位注册核验")
        return answer.get("matched") is True

    async def organisation_code(self, *, code: str, name: str) -> bool:
        """Whether the organisation-code library knows this code under this name."""
        subject = {"code": code, "name": name}
        answer = await exchange().ask("organisation_code.name", subject, "单位注册核验")
        return answer.get("matched") is True

    async def in_being(self, library: str, *, credit_code: str) -> bool:
        """Whether it still stands (R-ID-43)."""
        subject = {"credit_code": credit_code}
        answer = await exchange().ask(f"{library}.in_being", subject, "单位存续状态核验")
        return answer.get("in_being") is True

    async def tax_account(self, *, credit_code: str, account: str, password_digest: str) -> bool:
        """Whether this is the taxpayer's account at the local tax office (R-ID-21)."""
        subject = {
            "credit_code": credit_code,
            "account": account,
            "password_digest": password_digest,
        }
        answer = await exchange().ask("tax.account", subject, "单位税务账户认证")
        return answer.get("matched") is True


def _document(answer: dict[str, Any]) -> identity.Document:
    return identity.Document(
        str(answer["life"]), _day(answer.get("valid_from")), _day(answer.get("valid_until"))
    )


def _day(text: str | None) -> date | None:
    # A card without an end is a long-term one (长期).
    return date.fromisoformat(text) if text else None


def _account(answer: dict[str, Any]) -> identity.AccountAnswer:
    return identity.AccountAnswer(
        answer.get("matched") is True, str(answer.get("holder_name") or "")
    )
