"""The demo catalogue for tests."""

from app_server.items import seed, service
from app_server.items.service import ItemFacts

RENTAL = "公共租赁住房保障资格申请"
PERMIT_COPY = "居住证补领"
UNEMPLOYMENT = "失业登记"
PROPERTY = "不动产转移登记（国有建设用地使用权及房屋所有权）"
LOAN = "创业担保贷款财政贴息（大额资金申领）"


async def catalogue() -> dict[str, ItemFacts]:
    """All demo forms and items published; `{name: item}`."""
    await seed.seed()
    found = await service.in_region("340000")
    return {item.name: item for item in found}
