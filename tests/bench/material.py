"""What the HTTP bench works on, and the rows of a submit as pgbench writes them."""

import asyncio
import json
import re
from typing import Any

import orjson

from app_server.cases.service.reading import month_of, within
from app_server.kernel import db
from auth.grants import service as grants
from tests.builders.cases import desk_of, filled_draft, submitted
from tests.builders.items import UNEMPLOYMENT, catalogue
from tests.builders.people import resident

DRAFTS = 6000  # a round of a quarter second: shorter ones measure the first connections

# A submit's rows as they really were, in copies of the real tables with all their indexes: one
# transaction of separate statements. Only what must be unique is drawn anew.
TABLES = {
    "cases_case": ("id", "draft_id", "person_id", "case_no"),
    "cases_register": ("case_no", "draft_id", "id", "owner"),
    "cases_step": ("id", "case_id"),
    "kernel_audit": ("id",),
    "kernel_delivery": ("id",),
    "kernel_event": ("id", "seq"),
    "kernel_idempotency": ("id", "key"),
}


async def pgbench_script() -> str:
    """The script, made of the newest row of each table; makes the tables it writes to."""
    lines = ["BEGIN;"]
    for table, fresh in TABLES.items():
        await db.execute(f"CREATE TABLE bench_{table} (LIKE {table} INCLUDING ALL)")
        row = await db.row(
            f"SELECT to_jsonb(t)::text AS row FROM {table} t ORDER BY {fresh[0]} DESC LIMIT 1"
        )
        assert row is not None, table
        kinds = await db.rows(
            "SELECT attname, format_type(atttypid, atttypmod) AS kind FROM pg_attribute "
            "WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped "
            "AND attgenerated = ''",
            table,
        )
        columns, values = [], []
        written = {k["attname"]: k["kind"] for k in kinds}
        for name, text in orjson.loads(row["row"]).items():
            if (kind := written.get(name)) is None:
                continue
            if kind == "bigint" and name in fresh:
                continue
            columns.append(f'"{name}"')
            values.append(_value(name, text, kind, fresh))
        lines.append(
            f"INSERT INTO bench_{table} ({','.join(columns)}) VALUES ({','.join(values)});"
        )
    return "\n".join([*lines, "COMMIT;"])


def _value(name: str, text: Any, kind: str, fresh: tuple[str, ...]) -> str:
    if name in fresh:
        return "gen_random_uuid()" + ("" if kind == "uuid" else "::text")
    if text is None:
        return "NULL"
    plain = text if isinstance(text, str) else json.dumps(text, ensure_ascii=False)
    # pgbench would take a colon before a letter for a variable of its own.
    return f"'{re.sub(r':(?=[A-Za-z_])', '_', plain.replace(chr(39), chr(39) * 2))}'::{kind}"


async def make() -> dict[str, Any]:
    """A submitted case with its readers, and validated drafts of as many residents."""
    item = (await catalogue())[UNEMPLOYMENT]
    owner = await resident()
    case_no = await submitted(owner, item)
    desk = await desk_of(item)
    gate = asyncio.Semaphore(8)

    async def one() -> tuple[str, str]:
        async with gate:
            person = await resident()
            draft = await filled_draft(person, item)
            granted = await grants.open_session("person", person.subject, "bench")
            return str(draft), granted.access_token

    return {
        "case_no": case_no,
        "month": within(month_of(case_no)),
        "person": str(owner.id),
        "token": (await grants.open_session("person", owner.subject, "bench")).access_token,
        "staff_token": (await grants.open_session("staff", desk.subject, "bench")).access_token,
        "drafts": await asyncio.gather(*(one() for _ in range(DRAFTS))),
    }
