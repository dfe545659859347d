"""Messages: into the inbox and on their way as SMS, with the command that causes them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app_server.kernel import clock, db, paging
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.settings import load
from auth.people import service as people
from auth.people.errors import NoSuchPerson
from notify.errors import NoSuchMessage
from notify.events import SmsQueued
from notify.models import Message, Sms
from notify.rules import code_words, words
from notify.service.live import tell_live

CODE_LIFE = timedelta(minutes=5)
PAGE = 20


@dataclass(frozen=True, slots=True)
class Template:
    """Words with `{names}` in them; `sms` is left out where the inbox is enough."""

    code: str
    title: str
    body: str
    sms: str | None = None


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of an inbox."""

    messages: list[Message]
    unread: int
    next: str | None


async def send(
    *,
    person_id: UUID,
    template: Template,
    params: dict[str, str],
    dedupe: str,
    link: str = "",
) -> None:
    """Put a message in the inbox, and on its way as SMS, in the caller's unit of work.

    The same `dedupe` twice is one message. Raises `KeyError` for a missing parameter.
    """
    body = words(template.body, params)
    uow = db.needed()
    await db.lock(f"notify:{dedupe}")
    if await Message.filter(dedupe=dedupe).exists():
        return
    await Message.create(
        person_id=person_id,
        template=template.code,
        title=template.title,
        body=body,
        link=link,
        dedupe=dedupe,
        created_at=clock.now(),
    )
    if template.sms is not None:
        facts = await people.person(person_id)
        await _queue_sms(facts.phone, words(template.sms, params), template.code, dedupe, None)
    uow.then(lambda: tell_live(person_id))


async def send_if_person(
    subject_id: UUID, template: Template, about: str = "", **params: str
) -> None:
    """Send a message when the subject is a resident (staff have no inbox).

    The same message about the same thing goes out once a minute at most.
    """
    try:
        await people.person(subject_id)
    except NoSuchPerson:
        return
    await send(
        person_id=subject_id,
        template=template,
        params=params,
        dedupe=f"{template.code}:{subject_id}:{about}:{clock.now():%Y%m%d%H%M}",
    )


async def send_code(phone: str, code: str, purpose: str) -> None:
    """Queue a one-time code as SMS (the code sender port of auth.people)."""
    await _queue_sms(
        phone,
        code_words(purpose, code, load().origin("public")),
        "code",
        f"code:{uuid7()}",
        clock.now() + CODE_LIFE,
    )


async def send_to_phone(phone: str, text: str, template: str, dedupe: str) -> None:
    """Queue a message for somebody who has no account (yet); the same `dedupe` twice is one."""
    async with db.unit_of_work():
        await db.lock(f"notify:{dedupe}")
        if not await Sms.filter(dedupe=dedupe).exists():
            await _queue_sms(phone, text, template, dedupe, None)


async def _queue_sms(
    phone: str, body: str, template: str, dedupe: str, expires_at: datetime | None
) -> None:
    async with db.unit_of_work():
        sms = await Sms.create(
            phone=phone,
            body=body,
            template=template,
            dedupe=dedupe,
            created_at=clock.now(),
            expires_at=expires_at,
        )
        announce(SmsQueued(sms_id=sms.id))


async def inbox(person_id: UUID, cursor: str | None = None) -> Inbox:
    """A person's messages, newest first."""
    before = paging.after(cursor)
    query = Message.filter(person_id=person_id)
    if before is not None:
        query = query.filter(id__lt=before)
    found = await query.order_by("-id").limit(PAGE + 1)
    unread = await Message.filter(person_id=person_id, read_at=None).count()
    more = len(found) > PAGE
    found = found[:PAGE]
    return Inbox(found, unread, paging.cursor(found[-1].id) if more else None)


async def mark_read(person_id: UUID, message_id: UUID) -> None:
    """Note that a message was read; raises `NoSuchMessage`."""
    marked = await db.execute(
        "UPDATE notify_message SET read_at = coalesce(read_at, $3) WHERE id=$1 AND person_id=$2",
        message_id,
        person_id,
        clock.now(),
    )
    if not marked:
        raise NoSuchMessage


async def sms_to_send(sms_id: UUID) -> Sms | None:
    """The short message, or None when it is no longer worth sending."""
    sms = await Sms.get_or_none(id=sms_id, state="queued")
    if sms is None or (sms.expires_at is not None and sms.expires_at <= clock.now()):
        return None
    return sms


async def sms_moved(sms_id: UUID, state: str, provider_id: str = "") -> None:
    """Note what became of a short message."""
    await Sms.filter(id=sms_id, state__in=("queued", "accepted")).update(
        state=state, provider_id=provider_id
    )
