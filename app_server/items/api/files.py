"""Files of items in and out, in the field set of GB/T 39046 (R-ITM-10)."""

from uuid import UUID

import orjson

from app_server.items import service
from app_server.items.api.editing import EDITOR
from app_server.items.rules.exchange import as_csv
from app_server.items.schemas.open import SnapshotQuery
from app_server.items.schemas.registries import (
    FileQuery,
    ItemImportView,
    RowOutcome,
    RowOutcomes,
    Rows,
    RowsQuery,
    RowView,
)
from app_server.kernel import clock
from app_server.kernel.http import Call, RawReply, anyone, endpoint

FILES = ("text/csv", "application/json", "application/x-ndjson")
MAX_FILE = 20 * 1024 * 1024


def _view(facts: service.ImportFacts) -> ItemImportView:
    return ItemImportView(**{name: getattr(facts, name) for name in ItemImportView.model_fields})


@endpoint("POST", "/item-imports", guard=EDITOR, status=202, raw=FILES, max_body=MAX_FILE)
async def begin_import(call: Call, query: FileQuery) -> ItemImportView:
    """Hand a file in; a worker reads it."""
    return _view(await service.begin_import(call.principal, query.source, query.name, call.raw))


@endpoint("GET", "/item-imports/{import_id}", guard=EDITOR)
async def read_import(call: Call, import_id: UUID) -> ItemImportView:
    """How far a file is."""
    return _view(await service.import_facts(call.principal, import_id))


@endpoint("GET", "/item-imports/{import_id}/rows", guard=EDITOR)
async def read_rows(call: Call, import_id: UUID, query: RowsQuery) -> Rows:
    """The rows of a file, each with field, code and sentence of what is wrong."""
    rows = await service.imported_rows(
        call.principal, import_id, faulty=query.faulty, after=query.after
    )
    return Rows(
        rows=[
            RowView(
                number=row["number"],
                key=row["key"],
                state=row["state"],
                errors=orjson.loads(row["errors"]),
                given=orjson.loads(row["given"]),
            )
            for row in rows
        ]
    )


@endpoint("POST", "/item-imports/{import_id}/drafts", guard=EDITOR, status=200)
async def open_drafts(call: Call, import_id: UUID) -> RowOutcomes:
    """Open a draft for each good row."""
    found = await service.draft_rows(call.principal, import_id)
    return RowOutcomes(rows=[RowOutcome(**one) for one in found])


@endpoint("GET", "/catalogue/export.csv", guard=anyone(), reply_type="text/csv")
async def export_csv(call: Call, query: SnapshotQuery) -> RawReply:
    """The list of a day as CSV."""
    del call
    rows = await service.export_rows(query.region, query.day or clock.today())
    return RawReply(as_csv(rows), "text/csv; charset=utf-8")


@endpoint("GET", "/catalogue/export.json", guard=anyone())
async def export_json(call: Call, query: SnapshotQuery) -> RawReply:
    """The list of a day as JSON."""
    del call
    return RawReply(
        orjson.dumps(await service.export_rows(query.region, query.day or clock.today()))
    )
