"""Our own cases in the provincial schema, for their department's system: steps after a cursor.

Every step is a process record; with it come the case's basic record as it is now, and what the
step made: materials, special procedures, the result. The newest word wins at the reader's too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson

from app_server.cases import service as cases
from app_server.exchange.errors import SystemPaused
from app_server.exchange.rules import first_id, gb_time
from app_server.exchange.service.systems import system_of
from app_server.forms.service.papers import files_of
from app_server.kernel import audit, clock, db
from app_server.kernel.principal import Principal

PAGE = 60
# A step becomes readable when its command commits, which may be after a later one: wait for it.
SETTLE = timedelta(seconds=3)
_PASSED = frozenset({"receive", "pass_pre_review", "accept", "deem_accepted", "approve", "resume"})
_SENT_BACK = frozenset(
    {"return_pre_review", "fail_pre_review", "ask_correction", "decline", "return_case", "refuse"}
)
_RESULTS = {"approve": "1", "refuse": "2", "decline": "3"}
_FORMS = {"window": "1", "web": "2", "app": "3", "wechat": "3", "alipay": "3"}


@dataclass(frozen=True, slots=True)
class Export:
    """Rows of the schema, and after which step to go on."""

    rows: list[dict[str, Any]]
    last: UUID | None
    more: bool


async def export_cases(client: Principal, after: UUID | None) -> Export:
    """The caller's department's cases since a cursor; raises `NoSuchSystem`, `SystemPaused`."""
    system = await system_of(client)
    if system.state != "active":
        raise SystemPaused
    end = first_id(clock.now() - SETTLE)
    steps = await cases.steps_after(system.org, system.items, after, end, PAGE)
    async with db.unit_of_work():
        for number, owner in {(step["case_no"], step["person_id"]) for step in steps}:
            audit.record(
                client, "exchange.exported", f"case:{number}", owner=owner, purpose="办件数据交换"
            )
    return Export(
        rows=[row for step in steps for row in _rows(step)],
        last=steps[-1]["step_id"] if steps else after,
        more=len(steps) == PAGE,
    )


def _rows(step: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    move = step["move"]
    yield _process(step)
    yield _accept(step)
    if move in {"submit", "correct", "resubmit"}:
        yield from _materials(step)
    if move in {"suspend", "resume"}:
        yield from _special(step)
    if move in _RESULTS:
        yield _result(step)


def _row(step: Mapping[str, Any], kind: str, guid: str, operation: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "row_guid": guid,
        "project_no": step["case_no"],
        "cd_operation": operation,
        "cd_time": gb_time(step["at"]),
    }


def _process(step: Mapping[str, Any]) -> dict[str, Any]:
    event = "01" if step["move"] in _PASSED else "02" if step["move"] in _SENT_BACK else "99"
    return _row(step, "process", step["step_id"].hex, "I") | {
        "process_name": cases.deed_name(step["move"]),
        "event_name": event,
        "event_start_time": gb_time(step["at"]),
        "event_end_time": gb_time(step["at"]),
        "handle_user_name": step["actor_name"] or "系统",
        "handle_explain": step["note"],
    }


def _accept(step: Mapping[str, Any]) -> dict[str, Any]:
    operation = "I" if step["move"] == "submit" else "U"
    told = _row(step, "accept", step["id"].hex, operation) | {
        "task_code": step["item_code"],
        "task_name": step["item_name"],
        "task_version": step["item_version"],
        "project_type": "2" if step["limit_days"] else "1",
        "project_name": step["item_name"],
        "apply_type": _FORMS.get(step["channel"], "9"),
        "apply_date": gb_time(step["submitted_at"]),
        # The name as lists show it: whoever handles the case was handed it with its data.
        "applyer_name": step["applicant"],
        "applyer_type": "2" if step["organisation_id"] else "1",
        "org_name": step["department"],
        "org_code": step["org"],
    }
    if step["accepted_at"]:
        told["accept_date"] = gb_time(step["accepted_at"])
    if step["due_on"]:
        told["promise_date"] = step["due_on"].strftime("%Y%m%d")
    return told


def _materials(step: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for told in orjson.loads(step["materials"]):
        guid = f"{step['id'].hex}.{told['code']}"[:64]
        yield _row(step, "material", guid, "U") | {
            "material_name": told["name"],
            "material_attach_name": "",
            "get_type": _FORMS.get(step["channel"], "9"),
            "get_num": len(files_of(told)),
        }


def _special(step: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for number, pause in enumerate(orjson.loads(step["clock"]).get("pauses", []), 1):
        told = _row(step, "special_procedure", f"{step['id'].hex}.s{number}", "U") | {
            "special_type": "2",
            "special_name": pause["name"],
            "special_time": pause["began"].replace("-", "") + "T000000",
            "special_reason": pause["reason"],
        }
        if pause["ended"]:
            told["end_time"] = pause["ended"].replace("-", "") + "T000000"
        yield told


def _result(step: Mapping[str, Any]) -> dict[str, Any]:
    return _row(step, "result", f"{step['id'].hex}.r", "I") | {
        "result_type": _RESULTS[step["move"]],
        "result_date": gb_time(step["at"]),
        "result_explain": step["note"],
        "handle_user_name": step["actor_name"] or "系统",
    }
