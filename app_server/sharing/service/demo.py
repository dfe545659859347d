"""The demo catalogue: drafted at once, published when the simulated interfaces answer.

Every step goes through the service as its officers would; a second run changes nothing.
"""

import json
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from app_server.kernel import clock
from app_server.kernel.principal import Principal
from app_server.sharing.models import DataService, Grant, Node, Resource
from app_server.sharing.rules import SERVICES
from app_server.sharing.rules.catalogue import Content, ResourceField
from app_server.sharing.rules.data_services import ServiceWanted
from app_server.sharing.rules.grants import GrantWanted
from app_server.sharing.service import granting, registering, resources, tree
from auth.staff import service as staff

DATA = Path(__file__).parents[1] / "data" / "demo_catalogue.json"
# A person the simulated registries know, for their health checks.
SAMPLE = {
    "id_number": "341602199003074511",
    "name": "李明轩",
    "sex": "male",
    "ethnic_group": "汉族",
}


@lru_cache(maxsize=1)
def told() -> dict[str, Any]:
    """What the demo consists of."""
    found: dict[str, Any] = json.loads(DATA.read_text())
    return found


async def _officer(login: str) -> Principal:
    facts = await staff.find_by_login(login)
    if facts is None:
        raise RuntimeError(f"the demo officer {login} is missing")
    return Principal(
        kind="staff",
        id=facts.id,
        roles=frozenset(facts.roles),
        org=facts.org,
        region=facts.region,
        name=facts.name,
    )


async def draft() -> bool:
    """Draft the entries and register their services; answers whether anything waits."""
    await tree.ensure_roots()
    for entry in told()["entries"]:
        code = entry["service"]
        if not await DataService.exists(code=code):
            by = await _officer(entry["steward"])
            row = await _drafted(by, await _node(entry), entry)
            await registering.register_service(by, row.id, code, _registry(entry))
    done = await DataService.exists(code=told()["composed"]["code"], state="published")
    return not done


async def _node(entry: dict[str, Any]) -> Node:
    if entry.get("node"):
        return await Node.get(code=entry["node"])
    head = await _officer(entry["lead"])
    own = await Node.get_or_none(kind="department", parent_id=None, lead_org=head.org)
    if own is not None:
        return own
    facts = await staff.find_by_login(entry["lead"])
    return await tree.open_department_tree(head, facts.org_name if facts else head.org)


async def _drafted(by: Principal, node: Node, entry: dict[str, Any]) -> Resource:
    facts = await staff.find_by_login(entry["steward"])
    owner = resources.Owner(by.org, facts.org_name if facts else by.org, by.region)
    content = Content(
        name=entry["name"],
        summary=entry["summary"],
        format="database",
        fields=tuple(
            ResourceField(name, label, "text", "personal", entry["source"])
            for name, label in entry["fields"].items()
        ),
        update_frequency="realtime",
        update_limit_days=1,
        share_type=entry.get("share_type", "conditional"),
        share_method="interface",
        use_requirement="仅用于履行职责，不得转给第三方",
        share_condition="因履行职责需要，且逐次说明办件或依据",
    )
    kept = await Resource.get_or_none(org=by.org, name=entry["name"])
    return kept or await resources.add_resource(by, node.id, owner, content)


def _registry(entry: dict[str, Any]) -> ServiceWanted:
    needs = SERVICES[entry["service"]].needs
    return ServiceWanted(
        name=entry["name"],
        kind="registry",
        target=entry["service"],
        needs=tuple(sorted(needs)),
        gives=tuple(entry["fields"]),
        probe={name: SAMPLE[name] for name in sorted(needs)},
    )


async def finish() -> None:
    """Publish what was drafted, have the parts granted, and compose; raises `NoInterface`."""
    for entry in told()["entries"]:
        await _publish(entry["service"], await _officer(entry["lead"]))
    composed = told()["composed"]
    by = await _officer(composed["steward"])
    for part in composed["parts"]:
        await _grant(by, composed, part)
    if not await DataService.exists(code=composed["code"]):
        row = await _drafted(by, await _node(composed), composed)
        await registering.register_service(by, row.id, composed["code"], _flow(composed))
    await _publish(composed["code"], await _officer(composed["lead"]))


async def _publish(code: str, head: Principal) -> None:
    service = await registering.a_service(code)
    entry = await resources.a_resource(service.resource_id)
    if entry.state == "draft":
        await resources.publish_resource(head, entry.id, entry.version, "演示数据发布")
    if service.state == "registered":
        await registering.move_service(head, code, service.version, "publish", "演示数据发布")


async def _grant(by: Principal, composed: dict[str, Any], part: dict[str, Any]) -> None:
    service = await registering.a_service(part["service"])
    if await Grant.exists(service_id=service.id, org=by.org, state="granted"):
        return
    wanted = GrantWanted(
        purposes=(composed["purpose"],),
        legal_basis=composed["basis"],
        fields=tuple(part["fields"]),
        quota=2000,
        expires_on=clock.today() + timedelta(days=365),
    )
    facts = await staff.find_by_login(composed["steward"])
    name = facts.org_name if facts else by.org
    asked = await granting.apply(by, part["service"], name, wanted)
    head = await _officer(part["lead"])
    await granting.decide(head, asked.id, asked.version, "approve", "同意，用于公租房审核")


def _flow(composed: dict[str, Any]) -> ServiceWanted:
    needs = {"id_number": "subject.id_number", "name": "subject.name"}
    steps = [
        {
            "name": part["name"],
            "service": part["service"],
            "fields": part["fields"],
            "needs": needs,
            "timeout_ms": 3000,
        }
        for part in composed["parts"]
    ]
    return ServiceWanted(
        name=composed["name"],
        kind="flow",
        needs=("id_number", "name"),
        gives=tuple(composed["fields"]),
        flow={"policy": "all", "steps": steps},
        timeout_ms=6000,
    )
