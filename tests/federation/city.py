"""Sets a city's instance up, in a process of its own: `python -m tests.federation.city`.

Reads `{"province": {…}}` from standard input; answers its own public key on standard output.
"""

import asyncio
import json
import sys
from typing import Any

from app_server import registry
from app_server.kernel.principal import Principal
from auth.federation import service as federation
from auth.identity import service as identity
from auth.people import service as people
from auth.staff import service as staff
from tests.builders.people import bearer, set_password
from tests.builders.staff import ORG


async def set_up(told: dict[str, Any]) -> dict[str, Any]:
    """The province as the city's administrator registers it, an officer, a resident."""
    registry.assemble()
    await registry.migrate()
    await registry.connect()
    try:
        by = Principal(kind="staff", name="市平台管理员", roles=frozenset({"system_admin"}))
        await federation.register_platform(
            by, told["province"]["code"], federation.PlatformWanted(**_wanted(told["province"]))
        )
        await staff.ensure_department(code=ORG, name="演示数据资源局", region=told["code"])
        await staff.add_staff(
            login="bozhou.officer",
            name="亳州干事",
            org=ORG,
            org_name="演示数据资源局",
            region=told["code"],
            roles=["case_officer"],
        )
        person = await people.add_person(people.NewPerson(**told["resident"]))
        principal = Principal(kind="person", id=person, tier=1)
        await identity.add_evidence(principal, person, "population_four_fields")
        await set_password(person, told["password"])
        return {
            "keys": federation.own_key_set()["keys"],
            "resident": await bearer(principal),
        }
    finally:
        await registry.disconnect()


def _wanted(province: dict[str, Any]) -> dict[str, Any]:
    kept = {k: v for k, v in province.items() if k not in {"code", "keys"}}
    return kept | {"jwks": tuple(province["keys"])}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(set_up(json.loads(sys.stdin.read())))))
