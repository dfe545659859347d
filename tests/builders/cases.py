"""Cases for tests, from a filled draft to a closed case."""

from uuid import UUID

from app_server.cases import service
from app_server.forms import service as forms
from app_server.items.service import ItemFacts
from app_server.kernel import db
from app_server.kernel.principal import Principal
from tests.builders.forms import picture
from tests.builders.staff import officer

RENTAL_ANSWERS = {
    "monthly_income": 4200,
    "present_housing": "租房",
    "household_no": "测试户号",
    "household_address": "亳州市谯城区测试路 1 号",
    "household_size": 2,
    "household_members": "李明轩（本人）",
    "property_count": 0,
    "property_area": 0,
    "vehicle_count": 0,
    "promise": True,
}
RESIDENCE_ANSWERS = {"reason": "遗失", "present_address": "谯城区测试路 1 号", "promise": True}
UNEMPLOYMENT_ANSWERS = {"left_on": "2026-10-01", "reason": "合同到期", "promise": True}
PROPERTY_ANSWERS = {
    "present_address": "合肥市蜀山区测试路 1 号",
    "certificate_no": "皖（2020）测试第0000001号",
    "property_address": "合肥市蜀山区测试小区 1 幢 101 室",
    "other_party": "王芳",
    "price_yuan": 900000,
    "promise": True,
}
LOAN_ANSWERS = {
    "present_address": "铜陵市铜官区测试路 1 号",
    "bank": "测试银行铜陵分行",
    "loan_yuan": 300000,
    "claim_yuan": 9000,
    "promise": True,
}
GENERAL_ANSWERS = {"present_address": "亳州市谯城区测试路 1 号", "promise": True}
ANSWERS = {
    "general-application": GENERAL_ANSWERS,
    "property-transfer": PROPERTY_ANSWERS,
    "startup-loan-subsidy": LOAN_ANSWERS,
    "public-rental-housing": RENTAL_ANSWERS,
    "residence-permit-reissue": RESIDENCE_ANSWERS,
    "unemployment-registration": UNEMPLOYMENT_ANSWERS,
}


async def filled_draft(owner: Principal, item: ItemFacts) -> UUID:
    """A complete draft for an item; trusted values stay as they are."""
    draft = await service.open_draft(owner, item.code)
    own = {k: v for k, v in ANSWERS[item.form_code].items() if k not in draft.sources}
    draft = await forms.save(owner.subject, draft.id, draft.version, {**draft.data, **own})
    for material in draft.materials:
        await forms.put_material(owner.subject, draft.id, material["code"], picture(), "照片.jpg")
    return draft.id


async def submitted(owner: Principal, item: ItemFacts) -> str:
    """A submitted case's number."""
    standing = await service.submit(owner, await filled_draft(owner, item))
    return str(standing.row["case_no"])


def passed(item: ItemFacts) -> list[service.PointMark]:
    """Every review point of an item, passed."""
    return [service.PointMark(point.code, "pass") for point in item.review_points]


async def approved(desk: Principal, case_no: str, item: ItemFacts, note: str = "同意") -> None:
    """Approve a case as it stands now, every point passed."""
    await service.approve(desk, case_no, await version_of(case_no), note, passed(item))


async def desk_of(item: ItemFacts, login: str = "desk") -> Principal:
    """An officer and approver of the item's department."""
    return await officer(login=login, region=item.region, org=item.org)


async def version_of(case_no: str) -> int:
    """The case's present version."""
    found = await db.value("SELECT version FROM cases_case WHERE case_no=$1", case_no)
    assert isinstance(found, int)
    return found


async def state_of(case_no: str) -> str:
    """The case's present state."""
    return str(await db.value("SELECT state FROM cases_case WHERE case_no=$1", case_no))
