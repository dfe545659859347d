"""Licences and types for tests."""

from dataclasses import replace
from datetime import date
from typing import Any

from app_server.kernel import db
from app_server.kernel.principal import Principal
from app_server.licences import service as licences
from app_server.licences.rules import TYPES
from app_server.seals import service as seals
from tests.builders.people import id_number
from tests.builders.staff import ORG, officer

TYPE = next(iter(TYPES))
CODE = "11340000MB0000000M777"


def type_spec(**changes: Any) -> dict[str, Any]:
    """A type as a keeper writes it, as JSON."""
    return {
        "code": CODE,
        "name": "食品经营许可证",
        "kind": "licence",
        "trust_class": "A",
        "holders": ["person", "organisation"],
        "one_per_holder": False,
        "directory": {
            "number": {"with_year": True, "digits": 9},
            "content": {
                "fields": [
                    {"key": "place", "name": "经营场所", "kind": "text", "required": True},
                    {"key": "area", "name": "面积", "kind": "number", "required": False},
                ],
                "open": False,
            },
            "file": {"media_type": "application/json", "seal": "SM2"},
            "style": {"template": "food", "title": "食品经营许可证", "pages": 1},
            "index": {"keys": ["identifier", "holder", "issuer"]},
        },
    } | changes


async def keeper(login: str = "keeper", org: str = ORG) -> Principal:
    """A licence keeper."""
    return await officer("licence_keeper", login=login, org=org)


async def trusted_keeper() -> Principal:
    """A licence keeper whose post has leave to use the office's seal (R-SEA-05)."""
    await seals.ensure_seal(ORG, "演示住房城乡建设局")
    return await keeper()


async def issued(holder: Principal, by: Principal, **changes: Any) -> licences.Issued:
    """A licence of the holder, still being made, under a seal that is made when needed."""
    await seals.ensure_seal(ORG, "演示住房城乡建设局")
    options: dict[str, Any] = {
        "type_code": TYPE,
        "holder_id": holder.subject,
        "holder_name": "李明轩",
        "holder_number": id_number(),
        "issuer_code": ORG,
        "issuer_name": "演示住房城乡建设局",
        "region": "341602",
        "content": {"housing": "public"},
        "valid_until": date(2029, 12, 31),
        "case_no": "341602000000-1",
    }
    # Whoever issues has decided: the leave to use the seal is the approvers'.
    decider = replace(by, roles=by.roles | {"case_approver"})
    async with db.unit_of_work():
        return await licences.issue(decider, **(options | changes))
