"""How many steps of flows a process takes a second; prints them.

`python -m tests.bench.workflow`
"""

import asyncio
import time
from dataclasses import replace
from uuid import uuid4

from app_server.cli.backing import backing

ROUNDS = 300


async def measure() -> None:
    """Start instances of the plain permit and lead each to its end, one after another."""
    # The registry reads the settings when it is imported: only now do they name the database.
    from app_server import registry
    from app_server.kernel import db
    from app_server.kernel.principal import Principal
    from app_server.workflow import service
    from tests.builders.workflow import DATA, TERMS

    registry.assemble()
    await registry.migrate()
    await registry.connect()
    somebody = Principal(kind="staff", name="压测")
    deeds = frozenset({"accept", "deem_accepted", "ask_correction", "decline", "correct"}) | {
        *("return_case", "begin_review", "approve", "refuse")
    }
    roles = frozenset({"case_officer", "case_approver", "applicant"})
    terms = replace(TERMS, deeds=deeds, roles=roles)
    text = (DATA / "permit.bpmn").read_text()
    await service.publish_flow(somebody, f"bench-{uuid4().hex[:8]}", "压测", text, terms)
    code = (await service.published("flow"))[0].code
    began = time.perf_counter()
    steps = 0
    for number in range(ROUNDS):
        async with db.unit_of_work():
            instance = await service.start(code, f"bench:{number}", {})
        for deed in ("accept", "begin_review", "approve"):
            (work,) = instance.open
            instance = await service.complete(somebody, instance.id, work.id, {"deed": deed})
            steps += 1
    took = time.perf_counter() - began
    print(
        f"{ROUNDS / took:.0f} flows/s, {steps / took:.0f} steps/s, {took / steps * 1e3:.1f} ms a step"
    )
    await registry.disconnect()


if __name__ == "__main__":
    with backing():
        asyncio.run(measure())
