"""The drawing board. What a flow may speak of is its caller's: `cases` checks and publishes."""

from app_server.kernel.http import Call, endpoint, staff
from app_server.workflow import service
from app_server.workflow.errors import NoSuchFlow
from app_server.workflow.schemas import (
    Board,
    BoardLine,
    DraftView,
    Drawing,
    Kind,
    PublishedLine,
    PublishedView,
    Versions,
)

EDITORS = staff("flow_editor")
MAX_BODY = 1024 * 1024


@endpoint("GET", "/workflow/{kind}/board", guard=EDITORS)
async def board(call: Call, kind: str) -> Board:
    """Every flow or table that is drawn or published."""
    del call
    wanted = _kind(kind)
    drawn = {d.code: d for d in await service.drafts(wanted)}
    published = {p.code: p for p in await service.published(wanted)}
    lines = []
    for code in sorted({*drawn, *published}):
        draft, newest = drawn.get(code), published.get(code)
        shown = draft or newest
        assert shown is not None  # noqa: S101 - the code came from one of the two
        lines.append(
            BoardLine(
                kind=wanted,
                code=code,
                title=shown.title,
                updated_by=draft.updated_by if draft else newest.published_by if newest else "",
                updated_at=draft.updated_at if draft else newest.published_at,  # type: ignore[union-attr]
                drawn=draft is not None,
                published_version=newest.version if newest else 0,
            )
        )
    return Board(items=lines)


@endpoint("GET", "/workflow/{kind}/drafts/{code}", guard=EDITORS)
async def read_draft(call: Call, kind: str, code: str) -> DraftView:
    """A draft."""
    del call
    return _draft(await service.draft(_kind(kind), code))


@endpoint("PUT", "/workflow/{kind}/drafts/{code}", guard=EDITORS, max_body=MAX_BODY)
async def save_draft(call: Call, kind: str, code: str, body: Drawing) -> DraftView:
    """Save a drawing as it is; If-Match "0" begins one."""
    return _draft(
        await service.save_draft(
            call.principal, _kind(kind), code, body.title, body.text, call.expected_version()
        )
    )


@endpoint("GET", "/workflow/{kind}/published/{code}", guard=EDITORS)
async def versions(call: Call, kind: str, code: str) -> Versions:
    """Every published version of one."""
    del call
    found = await service.published(_kind(kind), code)
    return Versions(items=[_line(p) for p in found])


@endpoint("GET", "/workflow/{kind}/published/{code}/{version}", guard=EDITORS)
async def read_published(call: Call, kind: str, code: str, version: int) -> PublishedView:
    """One published version as drawn."""
    del call
    read = service.flow if _kind(kind) == "flow" else service.table
    p = await read(code, version)
    return PublishedView(
        **_line(p).model_dump(),
        kind=p.kind,
        code=p.code,
        text=p.text,
        tables=p.tables,
        facts=p.facts,
    )


def _kind(kind: str) -> Kind:
    if kind == "flow":
        return "flow"
    if kind == "table":
        return "table"
    raise NoSuchFlow


def _draft(d: service.DraftFacts) -> DraftView:
    return DraftView(
        kind=d.kind,
        code=d.code,
        title=d.title,
        text=d.text,
        updated_by=d.updated_by,
        updated_at=d.updated_at,
        version=d.version,
    )


def _line(p: service.PublishedFacts) -> PublishedLine:
    return PublishedLine(
        version=p.version,
        title=p.title,
        published_by=p.published_by,
        published_at=p.published_at,
        sha256=p.sha256,
    )
