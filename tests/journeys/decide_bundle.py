"""The offices of a bundle do their work, each as its own officer, until nothing is left to do.

Run in the platform's environment: `python -m tests.journeys.decide_bundle <bundle number>`; prints
what was approved, in its order. What starts after what is the platform's own doing.
"""

import asyncio
import json
import sys
import time
from typing import Any

from app_server.cli.backing import backing

PATIENCE_S = 60


async def decide(bundle_no: str) -> None:
    """Accept and approve every part as it starts."""
    # The registry reads the settings when it is imported: only now do they name the database.
    from app_server import registry

    registry.assemble()
    await registry.connect()
    try:
        done = await _all(bundle_no)
        print(json.dumps(done, ensure_ascii=False))
    finally:
        await registry.disconnect()


async def _all(bundle_no: str) -> list[str]:
    from app_server.kernel import db

    parts = (
        "SELECT p.code, p.case_no, p.org, p.state FROM cases_bundle_part p "
        "JOIN cases_bundle b ON b.id = p.bundle_id WHERE b.bundle_no=$1 ORDER BY p.position"
    )
    done: list[str] = []
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        rows = await db.rows(parts, bundle_no)
        if rows and all(row["state"] not in {"waiting", "running"} for row in rows):
            return done
        for row in rows:
            if row["state"] == "running" and row["code"] not in done:
                await _one(row)
                done.append(row["code"])
        await asyncio.sleep(0.2)
    raise TimeoutError(f"still open after {done}")


async def _one(part: Any) -> None:
    from app_server.cases import service
    from app_server.cases.models import Case
    from app_server.items import service as items
    from app_server.kernel.ids import uuid7
    from app_server.kernel.principal import Principal

    case = await Case.get(case_no=part["case_no"])
    officer = Principal(
        kind="staff",
        id=uuid7(),
        name="演示审批人员",
        org=case.org,
        region=case.region,
        roles=frozenset({"case_officer", "case_approver"}),
    )
    item = await items.version(case.item_code, case.item_version)
    if case.state in {"submitted", "received"}:
        await service.accept(officer, case.case_no, case.version)
        case = await Case.get(case_no=case.case_no)
    passed = [service.PointMark(point.code, "pass") for point in item.review_points]
    await service.approve(officer, case.case_no, case.version, "符合条件", passed)


if __name__ == "__main__":
    with backing():
        asyncio.run(decide(sys.argv[1]))
