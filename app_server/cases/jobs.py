"""What cases does when the clock says so."""

from datetime import timedelta

from app_server.cases import service
from app_server.kernel.schedule import every, timed

Payload = dict[str, object]


@timed("cases.silence")
async def accept_by_silence(payload: Payload) -> None:
    """Five working days without a word: accepted by law (art. 32)."""
    await service.deem_accepted(str(payload["case_no"]), str(payload["received"]))


@timed("cases.pre_review")
async def end_pre_review(payload: Payload) -> None:
    """Pre-review has had its time: the case is received."""
    await service.receive_after_pre_review(str(payload["case_no"]), str(payload["received"]))


@timed("cases.correction_due")
async def remind_of_correction(payload: Payload) -> None:
    """The applicant's time to correct is over: a reminder."""
    await service.correction_due(
        str(payload["case_no"]), int(str(payload["round"])), str(payload["return_on"])
    )


@timed("cases.correction_over")
async def return_uncorrected(payload: Payload) -> None:
    """The grace is over, too: the papers go back."""
    await service.correction_over(str(payload["case_no"]), int(str(payload["round"])))


@timed("cases.suspension_over")
async def resume_in_time(payload: Payload) -> None:
    """The announced time of a special procedure is over: the clock goes on."""
    await service.resume_in_time(str(payload["case_no"]), int(str(payload["pause"])))


@timed("cases.registry_due")
async def ask_registries(payload: Payload) -> None:
    """A registry that was silent when a case was filed may answer by now."""
    await service.ask_now(str(payload["case_no"]), int(str(payload["turn"])))


@every("cases.archive", timedelta(hours=1))
async def archive() -> None:
    """Archive what was closed long ago, a batch an hour."""
    await service.archive_closed()


@every("cases.expire_bundles", timedelta(hours=24))
async def expire_bundles() -> None:
    """Bundles nobody hands in go when their drafts would."""
    await service.bundles.expire_bundles()


@every("cases.months", timedelta(hours=6))
async def keep_months_ahead() -> None:
    """The partitions of the coming months stand before anybody needs them."""
    await service.make_months()


@every("cases.retry_prefill", timedelta(minutes=10))
async def ask_again() -> None:
    """Ask registries again that had not answered: outside of any unit of work."""
    await service.ask_again_later()
