"""The demo catalogue for tests."""

from datetime import date

from app_server.items import seed, service
from app_server.items.service import ItemFacts
from app_server.kernel.principal import Principal
from payments import seed as fee_items
from tests.builders.staff import PROVINCE, officer

RENTAL = "公共租赁住房保障资格申请"
PERMIT_COPY = "居住证补领"
UNEMPLOYMENT = "失业登记"
PROPERTY = "不动产转移登记（国有建设用地使用权及房屋所有权）"
LOAN = "创业担保贷款财政贴息（大额资金申领）"


async def catalogue() -> dict[str, ItemFacts]:
    """All demo forms and items published, their fees listed; `{name: item}`."""
    await fee_items.seed()
    await seed.seed()
    found = await service.in_region("340000")
    return {item.name: item for item in found}


async def editor(
    login: str = "editor", *, org: str = "11341602MBDM00012U", region: str = "341602"
) -> Principal:
    """An item editor of an organisation (the rental item's, by default)."""
    return await officer("item_editor", login=login, org=org, region=region, name=login)


async def province_editor(login: str = "province.editor") -> Principal:
    """An item editor of the province."""
    return await editor(login, org=PROVINCE, region="340000")


async def reviewers() -> tuple[Principal, Principal]:
    """One person of the 编制 office and one of the 法制 office, as the demo names them."""
    offices = {row["kind"]: row["org"] for row in await service.offices()}
    return (
        await editor("establishment", org=offices["establishment"], region="340000"),
        await editor("legal", org=offices["legal"], region="340000"),
    )


async def through_review(item: ItemFacts, by: Principal, on: date | None = None) -> None:
    """A draft of an item's next version, passed by four people."""
    draft = await service.open_draft(by, item)
    if on is not None:
        draft = await service.save(by, draft.id, draft.version, item, on)
    checker = await editor("checker", org=by.org, region=by.region)
    draft = await service.act(by, draft.id, draft.version, "submit", "")
    for reviewer in (checker, *await reviewers()):
        draft = await service.act(reviewer, draft.id, draft.version, "pass", "")
    assert draft.state == "published"
