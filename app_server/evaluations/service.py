"""Commands and queries of evaluations."""

from uuid import UUID

from app_server.cases.events import CaseClosed
from app_server.evaluations.errors import AlreadyRated, NotInvited
from app_server.evaluations.events import BadRating, CaseRated
from app_server.evaluations.models import Evaluation
from app_server.evaluations.rules import gb_code, is_bad
from app_server.kernel import audit, clock, db
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal


async def invite(closed: CaseClosed) -> None:
    """Invite the applicant to rate a closed case, in the caller's unit of work; once."""
    await Evaluation.get_or_create(
        {
            "person_id": closed.person_id,
            "item_code": closed.item_code,
            "item_name": closed.item_name,
            "region": closed.region,
            "invited_at": clock.now(),
        },
        case_no=closed.case_no,
    )


async def evaluation(person_id: UUID, case_no: str) -> Evaluation | None:
    """The invitation or rating of a person's own case, if there is one."""
    return await Evaluation.get_or_none(case_no=case_no, person_id=person_id)


async def rate(
    principal: Principal, case_no: str, stars: int, tags: list[str], comment: str
) -> Evaluation:
    """Rate a closed case once; a bad rating is announced (good-bad-review, 15 working days).

    Raises `NotInvited`, `AlreadyRated`.
    """
    async with db.unit_of_work():
        rated = await Evaluation.filter(
            case_no=case_no, person_id=principal.subject, state="invited"
        ).update(
            state="rated",
            gb_code=gb_code(stars),
            tags=tags,
            comment=comment,
            channel=principal.channel,
            rated_at=clock.now(),
        )
        row = await evaluation(principal.subject, case_no)
        if row is None:
            raise NotInvited
        if not rated:
            raise AlreadyRated
        audit.record(principal, "evaluations.rated", f"case:{case_no}", owner=principal.subject)
        _tell(row, stars)
    return row


def _tell(row: Evaluation, stars: int) -> None:
    facts = {"case_no": row.case_no, "item_code": row.item_code, "region": row.region}
    announce(CaseRated.model_validate(facts | {"gb_code": gb_code(stars)}))
    if is_bad(stars):
        announce(
            BadRating(
                case_no=row.case_no,
                person_id=row.person_id,
                item_code=row.item_code,
                item_name=row.item_name,
                region=row.region,
                gb_code=gb_code(stars),
            )
        )
