"""Cross-checking (共享校核): a user reports an error, the provider must answer (R-DAT-14).

While a report is open its field is marked as disputed in every answer. What was corrected is
told to all subscribers, and holders of a grant to the field fetch the corrections themselves.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app_server.kernel import audit, clock, db, working_days
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.sharing.errors import (
    NoGrant,
    NoSuchReport,
    NotTheProvider,
    ResourceInvalid,
    SamePerson,
)
from app_server.sharing.events import DataCorrected
from app_server.sharing.models import ErrorReport, Grant, Resource
from app_server.sharing.rules import states
from app_server.sharing.rules.catalogue import content_of
from app_server.sharing.rules.grants import grant_scope
from app_server.sharing.service.moving import transit
from app_server.sharing.service.resources import a_resource
from app_server.sharing.service.telling import subscribers, tell

ANSWER_DAYS = 5
PAGE = 50


@dataclass(frozen=True, slots=True)
class ErrorSaid:
    """What is thought wrong: which record, which field, what it says and what it should say."""

    record: str
    field: str
    held: str
    claimed: str
    evidence: str


async def report_error(
    by: Principal, org_name: str, resource_id: UUID, said: ErrorSaid
) -> ErrorReport:
    """Report an error to the provider; raises `NoSuchResource`, `ResourceInvalid`."""
    row = await a_resource(resource_id)
    known = {field.name for field in content_of(row.content).fields}
    if row.edition == 0 or said.field not in known:
        wrong = {"field": "field", "message": "该信息资源没有此信息项"}
        raise ResourceInvalid(errors=[wrong])
    calendar = await working_days.calendar()
    due, _ = calendar.add_working_days(clock.today(), ANSWER_DAYS)
    async with db.unit_of_work():
        report = await ErrorReport.create(
            resource_id=row.id,
            provider_org=row.org,
            org=by.org,
            org_name=org_name,
            reporter=by.ref,
            record=said.record,
            field=said.field,
            held=said.held,
            claimed=said.claimed,
            evidence=said.evidence,
            due_on=due,
            at=clock.now(),
        )
        text = f"“{row.name}”的“{said.field}”被反馈有误，请在 {due} 前答复"
        tell(row.org, row.id, f"report:{report.id}", text)
        audit.record(by, "sharing.error_reported", f"resource:{row.code}", field=said.field)
    return report


async def a_report(by: Principal, report_id: UUID) -> ErrorReport:
    """One report of or to one's organisation; raises `NoSuchReport`."""
    found = await ErrorReport.get_or_none(id=report_id)
    if found is None or by.org not in {found.org, found.provider_org}:
        raise NoSuchReport
    return found


async def reports(by: Principal, side: str, before: UUID | None) -> list[ErrorReport]:
    """What one's organisation reported (`mine`) or has to answer (`provided`), newest first."""
    found = (
        ErrorReport.filter(org=by.org)
        if side == "mine"
        else ErrorReport.filter(provider_org=by.org)
    )
    if before is not None:
        found = found.filter(id__lt=before)
    return await found.order_by("-id").limit(PAGE)


async def answer_report(
    by: Principal, report_id: UUID, corrected: str | None, answer: str
) -> ErrorReport:
    """Answer for the provider: with the right value, or (None) that the data are right.

    Raises `NoSuchReport`, `NotTheProvider`, `SamePerson` for the reporter, `NotInThisState`.
    """
    report = await a_report(by, report_id)
    if by.org != report.provider_org:
        raise NotTheProvider
    if by.ref == report.reporter:
        raise SamePerson
    move = "reject" if corrected is None else "uphold"
    async with db.unit_of_work():
        done = await transit(
            ErrorReport,
            report.id,
            None,
            states.REPORT,
            move,
            answer=answer,
            corrected=corrected or "",
            answered_by=by.ref,
            answered_at=clock.now(),
        )
        announce(
            DataCorrected(
                resource_id=done.resource_id,
                report_id=done.id,
                org=done.org,
                field=done.field,
                upheld=move == "uphold",
            )
        )
        audit.record(by, f"sharing.error_{move}", f"report:{done.id}", field=done.field)
    return done


async def tell_corrected(report_id: UUID, *, upheld: bool) -> None:
    """Tell the reporter, and all subscribers when something was corrected."""
    report = await ErrorReport.get(id=report_id)
    row = await Resource.get(id=report.resource_id)
    orgs = {report.org} | (set(await subscribers(row.id)) if upheld else set())
    what = "已更正" if upheld else "经核实无误"
    for org in sorted(orgs):
        tell(org, row.id, f"corrected:{report.id}", f"“{row.name}”的“{report.field}”{what}")


async def disputed(resource_id: UUID, fields: set[str]) -> tuple[str, ...]:
    """Which of these fields have an open report."""
    rows = await db.rows(
        "SELECT DISTINCT field FROM sharing_error_report WHERE resource_id = $1 "
        "AND state = 'open' AND field = ANY($2::text[])",
        resource_id,
        sorted(fields),
    )
    return tuple(sorted(row["field"] for row in rows))


async def corrections(client: Principal, after: UUID | None) -> list[dict[str, Any]]:
    """The corrections of the entry a client's grant is for, in its fields; raises `NoGrant`."""
    grant = await Grant.get_or_none(client_id=client.org, state="granted")
    if grant is None or grant_scope(grant.id) not in client.scopes:
        raise NoGrant
    if grant.expires_on < clock.today():
        raise NoGrant
    found = ErrorReport.filter(
        resource_id=grant.resource_id, state="upheld", field__in=grant.fields_granted
    )
    if after is not None:
        found = found.filter(id__gt=after)
    rows = await found.order_by("id").limit(PAGE)
    names = ("id", "record", "field", "corrected", "answered_at")
    async with db.single_statement():
        audit.record(client, "sharing.corrections_read", f"grant:{grant.id}", count=len(rows))
    return [{name: getattr(row, name) for name in names} for row in rows]
