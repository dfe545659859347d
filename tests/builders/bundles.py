"""Bundles for tests: three or four demo items that hang together."""

from typing import Any

import httpx

from app_server.cases import service
from app_server.cases.service import BundlePlan, Output, PartPlan, bundles
from app_server.items.service import ItemFacts
from app_server.kernel import db
from app_server.kernel.principal import Principal
from tests.builders.cases import approved, desk_of, version_of
from tests.builders.forms import picture
from tests.builders.items import catalogue
from tests.builders.staff import officer

MOVE, PERMIT, CARD = "户口迁移（迁出）", "居住证办理", "社会保障卡注销"
ANSWERS = {"present_address": "合肥市蜀山区测试路 1 号", "promise": True}


async def plan(*, mode: str = "general", on_refusal: str = "stop", **more: Any) -> BundlePlan:
    """Moving in: two parts at once, the third when both are approved; led by the second's office."""
    items = await catalogue()
    lead = items[PERMIT]
    facts: dict[str, Any] = {
        "template": "moving",
        "template_version": 1,
        "name": "迁居一件事",
        "region": "340100",
        "lead_org": lead.org,
        "lead_name": lead.department,
        "mode": mode,
        "on_refusal": on_refusal,
        "parts": (
            PartPlan("move", items[MOVE].code),
            PartPlan("permit", items[PERMIT].code),
            PartPlan("card", items[CARD].code, ("move", "permit")),
        ),
        "outputs": (
            Output("居住证", 1, "本", "permit"),
            Output("注销证明", 2, "份", "card"),
        ),
    }
    return BundlePlan(**(facts | more))


async def filled(owner: Principal, wanted: BundlePlan) -> tuple[str, int]:
    """An open bundle with everything given once: its number and version."""
    number = await bundles.open_bundle(owner, wanted)
    view = await bundles.own_bundle(owner, number)
    assert view.filling is not None
    own = {key: value for key, value in ANSWERS.items() if key in view.filling.schema["properties"]}
    view = await bundles.save_bundle(owner, number, view.row.version, {**view.filling.data, **own})
    assert view.filling is not None
    for shade, paper in enumerate(view.filling.papers):
        picture_of = picture(shade=210 + shade)
        view = await bundles.put_paper(owner, number, paper.key, picture_of, "照片.jpg")
    return number, view.row.version


async def filed(owner: Principal, wanted: BundlePlan, address: Any = None) -> str:
    """A bundle that was handed in."""
    number, version = await filled(owner, wanted)
    await bundles.file_bundle(owner, number, version, address)
    return number


async def part(owner: Principal, number: str, code: str) -> Any:
    """One part as it stands."""
    view = await bundles.own_bundle(owner, number)
    return next(p for p in view.parts if p.code == code)


async def decide(owner: Principal, number: str, code: str, *, good: bool = True) -> None:
    """Accept and decide a part's case."""
    found = await part(owner, number, code)
    item: ItemFacts = next(i for i in (await catalogue()).values() if i.code == found.item_code)
    desk = await desk_of(item, login=f"desk-{code}-{found.case_no[-6:]}")
    await service.accept(desk, found.case_no, await version_of(found.case_no))
    if good:
        await approved(desk, found.case_no, item)
    else:
        points = [service.PointMark(p.code, "pass") for p in item.review_points]
        version = await version_of(found.case_no)
        await service.refuse(desk, found.case_no, version, "不符合条件", points)


async def titles(public: httpx.AsyncClient, headers: dict[str, str]) -> list[str]:
    """What the resident was told, oldest first."""
    items = (await public.get("/me/messages", headers=headers)).json()["items"]
    return [one["title"] for one in reversed(items)]


async def lead_of(number: str, login: str = "lead") -> Principal:
    """An approver of the bundle's lead organisation."""
    org = await db.value("SELECT lead_org FROM cases_bundle WHERE bundle_no=$1", number)
    return await officer("case_approver", login=login, region="340100", org=org)


async def states(owner: Principal, number: str) -> dict[str, str]:
    """How each part stands."""
    view = await bundles.own_bundle(owner, number)
    return {found.code: found.state for found in view.parts}
