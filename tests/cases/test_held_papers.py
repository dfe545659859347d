"""What government holds already is not asked for again (R-ITM-18, R-ITM-20, R-ITM-23)."""

from typing import Any

import pytest

from app_server.cases import service
from app_server.cases.errors import PaperHeld
from app_server.cases.models import Case
from app_server.kernel.principal import Principal
from tests.builders.cases import desk_of, submitted, version_of
from tests.builders.items import RENTAL, catalogue
from tests.builders.people import resident


async def with_material(**changes: Any) -> tuple[str, Principal, str]:
    """A case whose first material stands as told; its number, officer and the material's code."""
    item = (await catalogue())[RENTAL]
    case_no = await submitted(await resident(2), item)
    case = await Case.get(case_no=case_no)
    case.materials = [{**case.materials[0], **changes}, *case.materials[1:]]
    await case.save(update_fields=["materials"])
    return case_no, await desk_of(item), case.materials[0]["code"]


async def asked(case_no: str, officer: Principal, code: str) -> None:
    await service.request_correction(
        officer, case_no, await version_of(case_no), reason="请补交", materials=[code]
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"file": None, "licence": {"name": "居住证", "number": "1"}},
        {"file": None, "fetched": {"source_name": "户籍库"}},
        {"file": {"id": "1", "key": "forms/x", "reused_from": "2026-01-05"}},
    ],
    ids=["a licence", "a registry", "a paper of before"],
)
async def test_what_is_proved_without_a_new_paper_is_not_asked_for(
    database, simulators, changes
) -> None:
    case_no, officer, code = await with_material(**changes)
    with pytest.raises(PaperHeld) as told:
        await asked(case_no, officer, code)
    assert told.value.facts["errors"][0]["field"] == f"materials.{code}"
    assert (await Case.get(case_no=case_no)).state == "submitted"


async def test_what_the_case_itself_brought_may_be_asked_for_again(database, simulators) -> None:
    case_no, officer, code = await with_material()
    await asked(case_no, officer, code)
    assert (await Case.get(case_no=case_no)).state == "correction_asked"
