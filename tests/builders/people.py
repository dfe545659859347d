"""Fictional residents, check-valid and never twice the same."""

import itertools
from uuid import UUID

import orjson

from app_server.kernel import db
from app_server.kernel.principal import Principal
from app_server.kernel.settings import PROJECT
from auth.grants import service as grants
from auth.identity import service as identity
from auth.people import service as people

_numbers = itertools.count(1)
# Whom the demo registry knows: a test that gave one of them another life would change others'.
DEMO = frozenset(
    person["id_number"]
    for person in orjson.loads(
        (PROJECT / "app_server/sharing/data/registry_people.json").read_bytes()
    )["people"]
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(born: str = "19900307", region: str = "341602", male: bool = True) -> str:
    """A fresh check-valid ID number (GB 11643) of a fictional person whom no registry knows."""
    while (number := _number(next(_numbers), born, region, male)) in DEMO:
        pass
    return number


def _number(n: int, born: str, region: str, male: bool) -> str:
    serial = f"{n // 5 % 100:02d}{n % 5 * 2 + (1 if male else 0)}"
    year, day = int(born[:4]) - n // 500 % 20, (int(born[6:]) - 1 + n // 10_000) % 28 + 1
    body = f"{region}{year}{born[4:6]}{day:02d}{serial}"
    return body + "10X98765432"[sum(int(a) * b for a, b in zip(body, _WEIGHTS, strict=True)) % 11]


def phone() -> str:
    """A fresh phone number of the shape people have."""
    return f"139{next(_numbers):08d}"


async def resident(tier: int = 1, name: str = "李明轩", number: str | None = None) -> Principal:
    """A registered resident with evidence for `tier`, as a principal without a session."""
    number = number or id_number()
    async with db.unit_of_work():
        person_id = await people.add_person(people.NewPerson(name, number, "male", "汉族", phone()))
        principal = Principal(kind="person", id=person_id, tier=tier)
        for source in ("population_four_fields", "face_and_code")[:tier]:
            await identity.add_evidence(principal, person_id, source)
    return principal


async def bearer(principal: Principal) -> dict[str, str]:
    """Authorization headers of a fresh session of this principal."""
    kind = principal.kind
    assert principal.id is not None
    granted = await grants.open_session(kind, principal.id, "test")
    return {"authorization": f"Bearer {granted.access_token}"}


async def set_password(person_id: UUID, password: str) -> None:
    """Give an account a password."""
    digest = await grants.digest_of(password)
    async with db.unit_of_work():
        await grants.set_password(person_id, digest)
