"""Providers, users and entries of the sharing platform for tests."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from app_server.kernel import clock
from app_server.kernel.principal import Principal
from app_server.sharing import service as sharing
from app_server.sharing.models import Grant, Node, Resource
from app_server.sharing.rules.catalogue import Content, ResourceField
from app_server.sharing.rules.data_services import ServiceWanted
from app_server.sharing.rules.grants import GrantWanted
from tests.builders.exchange import token_of
from tests.builders.staff import officer

POLICE = "11340000MBDM030103"
HOUSING = "11341602MBDM00012U"
LI = {"id_number": "341602199003074511", "name": "李明轩"}
HOUSEHOLD = ("household_no", "address", "members", "size")


async def steward(org: str = POLICE, login: str = "steward", **more: Any) -> Principal:
    """A data steward (数据专员) of an organisation."""
    return await officer("data_steward", login=f"{login}.{org[-4:].lower()}", org=org, **more)


async def lead(org: str = POLICE, login: str = "lead", **more: Any) -> Principal:
    """A data lead (数据主管) of an organisation."""
    return await officer("data_lead", login=f"{login}.{org[-4:].lower()}", org=org, **more)


def content(**changes: Any) -> Content:
    """A good entry, with changes."""
    told: dict[str, Any] = {
        "name": "户籍家庭成员信息",
        "summary": "户号、住址与同户成员",
        "format": "database",
        "fields": tuple(
            ResourceField(name, name, "text", "personal", "省公安厅人口信息系统")
            for name in HOUSEHOLD
        ),
        "update_frequency": "daily",
        "update_limit_days": 1,
        "share_type": "conditional",
        "share_method": "interface",
        "use_requirement": "仅用于办理政务服务事项时核验家庭成员",
        "share_condition": "因履行职责需要",
    }
    return Content(**told | changes)


def household(**changes: Any) -> ServiceWanted:
    """The household registry as a data service, with changes."""
    told: dict[str, Any] = {
        "name": "户籍成员查询",
        "kind": "registry",
        "target": "household.members",
        "needs": ("id_number", "name"),
        "gives": HOUSEHOLD,
        "probe": LI,
    }
    return ServiceWanted(**told | changes)


@dataclass
class Provider:
    """An organisation with two persons, its class and one drafted entry."""

    steward: Principal
    lead: Principal
    node: Node
    resource: Resource


async def provider(**changes: Any) -> Provider:
    """The police with a drafted entry in the population library."""
    await sharing.ensure_roots()
    by, head = await steward(), await lead()
    node = await Node.get(code="101")
    owner = sharing.Owner(POLICE, "安徽省公安厅（演示）", "340000")
    row = await sharing.add_resource(by, node.id, owner, content(**changes))
    return Provider(by, head, node, row)


async def published(wanted: ServiceWanted | None = None, **changes: Any) -> Provider:
    """The same with its entry and its service `household` published; needs the simulators."""
    made = await provider(**changes)
    await sharing.register_service(
        made.steward, made.resource.id, "household", wanted or household()
    )
    made.resource = await sharing.publish_resource(
        made.lead, made.resource.id, made.resource.version, "首次发布"
    )
    await sharing.move_service(made.lead, "household", 1, "publish", "首次发布")
    return made


FIELDS = ("members", "size")
PURPOSE = "公租房申请审核"


def wanted(**changes: Any) -> GrantWanted:
    """A good application, with changes."""
    told: dict[str, Any] = {
        "purposes": (PURPOSE,),
        "legal_basis": "公共租赁住房管理办法第七条",
        "fields": FIELDS,
        "quota": 20,
        "expires_on": clock.today() + timedelta(days=30),
    }
    return GrantWanted(**told | changes)


@dataclass
class User:
    """An organisation with a grant in force, and how its system calls."""

    applicant: Principal
    grant: Grant
    token: dict[str, str]
    partner: httpx.AsyncClient

    async def call(self, code: str = "household", **changes: Any) -> httpx.Response:
        """Call a service, with changes to the request."""
        body = {"purpose": PURPOSE, "fields": list(FIELDS), "case_no": "A1", "subject": LI}
        told = body | changes
        told = {name: value for name, value in told.items() if value is not None}
        where = "batch-calls" if "subjects" in told else "calls"
        return await self.partner.post(
            f"/sharing/services/{code}/{where}", json=told, headers=self.token
        )


async def granted(
    made: Provider, partner: httpx.AsyncClient, code: str = "household", **changes: Any
) -> User:
    """The housing bureau with a grant to a service, and its key."""
    by = await steward(HOUSING, code)
    asked = await sharing.apply(by, code, "谯城区住建局（演示）", wanted(**changes))
    row = await sharing.decide(made.lead, asked.id, asked.version, "approve", "同意")
    client_id, secret = await sharing.key_of(by, row.id)
    return User(by, row, await token_of(partner, client_id, secret), partner)
