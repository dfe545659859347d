"""Organisations of tests; the demo ones stand in the simulated libraries."""

import secrets

import httpx

from app_server.kernel.principal import Principal
from auth.organisations import rules, service
from auth.people import service as people

LI = ("李明轩", "341602199003074511")
HERB_COMPANY = ("91341602MADEM0011Y", "亳州市谯城区芍花药材有限公司（演示）")
ASSOCIATION = ("51341602MJDEM0022P", "亳州市谯城区养生文化协会（演示）")


def credit_code(prefix: str = "91") -> str:
    """A fresh check-valid credit code of nobody's."""
    body = "MA" + "".join(secrets.choice("0123456789") for _ in range(6))
    first = prefix + "341602" + body
    first += rules.organisation_digit(body)
    return first + rules.check_digit(first)


async def in_library(
    simulators: dict[str, str], representative: Principal, *, prefix: str = "91", **more: object
) -> tuple[str, str]:
    """A fresh organisation in the simulated libraries; its credit code and name."""
    facts = await people.person(representative.subject)
    code = credit_code(prefix)
    name = f"测试{code[-6:]}有限公司"
    record = {
        "credit_code": code,
        "name": name,
        "registration_no": "",
        "representative": {"name": facts.name, "id_number": facts.id_number},
        "standing": "in_being",
        "tax": {"account": "TEST-TAX", "password": "Test-Tax-2026"},
    } | more
    async with httpx.AsyncClient(trust_env=False) as client:
        await client.post(f"{simulators['exchange']}/__organisations", json=record)
    return code, name


async def application(representative: Principal, code: str, name: str) -> service.Application:
    """What is filled in for it."""
    facts = await people.person(representative.subject)
    return service.Application(code, name, "", facts.name, facts.id_number, facts.ethnic_group)


async def company(
    simulators: dict[str, str], representative: Principal, **more: object
) -> service.OrganisationFacts:
    """A registered organisation of a representative."""
    code, name = await in_library(simulators, representative, **more)
    return await service.register(representative, await application(representative, code, name))
