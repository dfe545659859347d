"""What may be applied for and what a grant lets through (R-DAT-13)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

SCOPE = "sharing.call"
LONGEST = timedelta(days=3 * 366)
MOST_BATCH = 100


@dataclass(frozen=True, slots=True)
class GrantWanted:
    """What an organisation applies for; `quota` is calls a day, `expires_on` the last day."""

    purposes: tuple[str, ...]
    legal_basis: str
    fields: tuple[str, ...]
    quota: int
    expires_on: date
    system_code: str = ""


def grant_scope(grant_id: object) -> str:
    """The scope that binds a client to one grant."""
    return f"sharing.grant:{grant_id}"


def grant_findings(
    wanted: GrantWanted, gives: Iterable[str], most_per_day: int, today: date
) -> list[dict[str, str]]:
    """What is wrong with an application."""
    wrong: dict[str, str] = {}
    if not wanted.fields or not set(wanted.fields) <= set(gives):
        wrong["fields"] = "超出该服务提供的信息项"
    if not wanted.purposes or not all(text.strip() for text in wanted.purposes):
        wrong["purposes"] = "须写明用途"
    if not wanted.legal_basis.strip():
        wrong["legal_basis"] = "须写明履行职责的依据"
    if not 1 <= wanted.quota <= most_per_day:
        wrong["quota"] = f"每日调用次数须在 1 至 {most_per_day} 之间"
    if not today < wanted.expires_on <= today + LONGEST:
        wrong["expires_on"] = "有效期须晚于今天且不超过三年"
    return [{"field": name, "message": message} for name, message in wrong.items()]


def outside(
    purpose: str, fields: Iterable[str], purposes: Iterable[str], granted: Iterable[str]
) -> list[dict[str, str]]:
    """What of a call is not in its grant."""
    wrong = []
    if purpose not in set(purposes):
        wrong.append({"field": "purpose", "message": "用途不在授权范围内"})
    if beyond := sorted(set(fields) - set(granted)):
        wrong.append({"field": "fields", "message": f"未授权的信息项：{'、'.join(beyond)}"})
    return wrong


def missing(subject: Mapping[str, str], needs: Iterable[str]) -> list[dict[str, str]]:
    """What a service needs and was not given, or was given beyond its needs."""
    needed = set(needs)
    wrong = [
        {"field": f"subject.{name}", "message": "必填"}
        for name in sorted(needed)
        if not subject.get(name, "").strip()
    ]
    return wrong + [
        {"field": f"subject.{name}", "message": "该服务不需要此项"}
        for name in sorted(set(subject) - needed)
    ]
