"""A user as platforms exchange one: the standard field set, and no field more (R-ID-40)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import blind_index, sm3
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from auth.federation.rules import ID_CARD, NATIONAL_LEVEL, SEX_CODE, fits_record
from auth.identity import service as identity
from auth.people import service as people

OF_THE_DELIVERY = ("cd_operation", "cd_time", "cd_batch")


@dataclass(frozen=True, slots=True)
class Record:
    """The fields of `data/user_record.json`, and when its level ends by itself."""

    fields: dict[str, Any]
    until: datetime | None

    def facts(self) -> str:
        """What it says of the user, apart from the delivery that carries it."""
        kept = {k: v for k, v in self.fields.items() if k not in OF_THE_DELIVERY}
        return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode()

    def ended(self) -> "Record":
        """The same user, no longer one of the receiver's."""
        told = {"user_state": "cancelled", "cd_operation": "D", "real_until": None}
        return replace(self, fields=self.fields | told, until=None)


def user_no(person_id: UUID, reader: str) -> str:
    """Our number of a person for one reader: two readers cannot join their files by it."""
    return blind_index(f"{reader}\0{person_id}", "federation.user_no")[:32]


async def compose(person_id: UUID, reader: str, batch: str, *, operation: str = "U") -> Record:
    """The record of a person now, for one reader; raises `NoSuchPerson`."""
    facts = await people.person(person_id)
    _, standing = await identity.standing_of(person_id)
    tier, until = await _level(person_id)
    alive = standing.life == "alive"
    born = facts.id_number[6:14]
    home = await db.value("SELECT city FROM federation_home WHERE person_id=$1", person_id)
    fields = {
        "user_no": user_no(person_id, reader),
        "cert_key": sm3(f"{ID_CARD}{facts.id_number}".encode()).hex(),
        "cert_type": ID_CARD,
        "cert_no": facts.id_number,
        "cert_ext_date": standing.valid_until.isoformat() if standing.valid_until else None,
        "user_name": facts.name,
        "user_sex": SEX_CODE[facts.sex],
        "user_nation": facts.ethnic_group,
        "user_birthday": f"{born[:4]}-{born[4:6]}-{born[6:]}",
        "user_mobile": facts.phone,
        "user_region": home or load().platform_region,
        "user_real_lvl": NATIONAL_LEVEL[tier],
        "real_until": until.isoformat() if until and alive else None,
        "user_state": "active" if alive else "cancelled",
        "cd_operation": operation if alive else "D",
        "cd_time": clock.now().isoformat(timespec="seconds"),
        "cd_batch": batch,
    }
    if not fits_record(fields):
        # Our own field set must never be what a peer refuses.
        raise RuntimeError("a composed record does not follow its own schema")
    return Record(fields, until if alive else None)


async def _level(person_id: UUID) -> tuple[int, datetime | None]:
    """The tier now, and when the evidence it rests on runs out (None: not by itself)."""
    tier = await identity.tier_of_person(person_id)
    ends = [
        row.expires_at
        for row in await identity.evidence_of(person_id)
        if identity.SOURCES[row.source].tier >= tier
    ]
    if tier == 0 or not ends or None in ends:
        return tier, None
    return tier, max(end for end in ends if end is not None)


async def own_record(principal: Principal) -> dict[str, Any]:
    """A person's own record, as it is told to the home city; the look is recorded."""
    person_id = principal.subject
    record = await compose(person_id, "self", "export")
    async with db.single_statement():
        audit.record(principal, "federation.record_read", f"person:{person_id}", owner=person_id)
    return record.fields
