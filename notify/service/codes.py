"""One-time codes: sent at once, and stored nowhere (payments-channels.md §8)."""

import structlog

from app_server.kernel import db
from app_server.kernel.ids import uuid7
from app_server.kernel.settings import load
from notify.errors import CodeNotSent
from notify.rules import code_words
from notify.service.carriers import send_now

log = structlog.get_logger(__name__)


async def send_code(phone: str, code: str, purpose: str) -> None:
    """Send a one-time code now (the code sender port of auth.people); raises `CodeNotSent`.

    Inside a unit of work it goes right after the commit, since nothing may be called before it:
    then nobody is left to be told, and a refusal is only logged.
    """
    body = code_words(purpose, code, load().origin("public"))
    out_id = str(uuid7())
    uow = db.current()
    if uow is None:
        await send_now(out_id, phone, body)
        return

    async def after() -> None:
        try:
            await send_now(out_id, phone, body)
        except CodeNotSent:
            log.warning("code_not_sent", purpose=purpose.partition(":")[0])

    uow.then(after)
