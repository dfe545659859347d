"""What cases does when the clock says so."""

from app_server.cases import service
from app_server.kernel.schedule import timed


@timed("cases.silence")
async def accept_by_silence(payload: dict[str, object]) -> None:
    """Five working days without a word: accepted by law (art. 32)."""
    await service.deem_accepted(str(payload["case_no"]), str(payload["received"]))
