"""What the HTTP bench works on, and the rows of a submit as pgbench writes them."""

import asyncio
from typing import Any

from app_server.items import seed as items_seed
from app_server.kernel import db
from auth.grants import service as grants
from tests.builders.cases import desk_of, filled_draft, submitted
from tests.builders.items import UNEMPLOYMENT, catalogue
from tests.builders.people import resident

DRAFTS = 1500

# The same rows a submit writes, in one transaction of separate statements with their own round
# trips (no colon before a letter: pgbench would take it for a variable): idempotency key, case, step, audit, timer, event. The sealed text has a real one's size.
PGBENCH = """
\\set n random(1, 1000000000)
BEGIN;
INSERT INTO kernel_idempotency (scope, key, request, at) VALUES ('bench', gen_random_uuid()::text, repeat('a', 64), now());
INSERT INTO bench_case SELECT gen_random_uuid(), 'P' || gen_random_uuid()::text, gen_random_uuid(), repeat('x', 1200), '{}'::jsonb, '[]'::jsonb, '[{"state":"submitted"}]'::jsonb, now();
INSERT INTO bench_step SELECT gen_random_uuid(), gen_random_uuid(), 'submit', 'submitted', 'person', now();
INSERT INTO kernel_audit (id, at, actor, actor_name, action, object, owner, purpose, channel, trace, facts) VALUES (gen_random_uuid(), now(), 'person-x', '', 'cases.submitted', 'case-x', gen_random_uuid(), '', 'web', repeat('a', 32), '{}');
INSERT INTO kernel_delivery (id, handler, aggregate, payload, state, attempts, run_at) VALUES (gen_random_uuid(), 'bench.none', 'case-x', '{}', 'ready', 0, now() + interval '9 days');
INSERT INTO kernel_event (id, name, aggregate, payload, at, relayed) VALUES (gen_random_uuid(), 'bench.none/1', 'cases-x', '{"case_id":"x","case_no":"y","person_id":"z"}', now(), false);
COMMIT;
"""


async def make() -> dict[str, Any]:
    """A submitted case with its readers, and validated drafts of as many residents."""
    await items_seed.seed()
    item = (await catalogue())[UNEMPLOYMENT]
    owner = await resident()
    case_no = await submitted(owner, item)
    desk = await desk_of(item)
    await db.execute(
        "CREATE TABLE bench_case (id uuid PRIMARY KEY, case_no text UNIQUE, person_id uuid, "
        "data text, sources jsonb, materials jsonb, timeline jsonb, submitted_at timestamptz);"
        "CREATE INDEX ON bench_case (person_id, id); CREATE TABLE bench_step (id uuid PRIMARY KEY, "
        "case_id uuid, move text, to_state text, actor text, at timestamptz);"
        "CREATE INDEX ON bench_step (case_id)"
    )
    gate = asyncio.Semaphore(8)

    async def one() -> tuple[str, str]:
        async with gate:
            person = await resident()
            draft = await filled_draft(person, item)
            granted = await grants.open_session("person", person.subject, "bench")
            return str(draft), granted.access_token

    return {
        "case_no": case_no,
        "person": str(owner.id),
        "token": (await grants.open_session("person", owner.subject, "bench")).access_token,
        "staff_token": (await grants.open_session("staff", desk.subject, "bench")).access_token,
        "drafts": await asyncio.gather(*(one() for _ in range(DRAFTS))),
    }
