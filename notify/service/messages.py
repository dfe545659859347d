"""Messages: into the inbox and onto the chain of channels, with the command that causes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from app_server.kernel import clock, db, paging
from app_server.kernel.ids import uuid7
from auth.people import service as people
from auth.people.errors import NoSuchPerson
from notify.errors import NoSuchMessage
from notify.models import Delivery, Message
from notify.rules import checked_phone, words
from notify.service.chain import Wanted, plan, release
from notify.service.live import tell_live
from notify.service.templates import Template, pinned

PAGE = 20


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
    also: Iterable[UUID] = (),
) -> None:
    """Put a message in the inbox, and on its way outside it, in the caller's unit of work.

    The same `dedupe` twice is one message. `also` are others who are told the same, each once
    (delegate, legal representative: R-NTF-03). Raises `KeyError` for a missing parameter.
    """
    db.needed()
    await _tell(person_id, template, params, dedupe, link)
    for other in sorted(set(also) - {person_id}):
        await _tell(other, template, params, f"{dedupe}:{other}", link)


async def _tell(
    person_id: UUID, template: Template, params: dict[str, str], dedupe: str, link: str
) -> None:
    words(template.body, params)  # a caller's mistake is told before anything is locked
    uow = db.needed()
    await db.lock(f"notify:{dedupe}")
    if await Message.filter(dedupe=dedupe).exists():
        return
    version = await pinned(template)
    message = await Message.create(
        person_id=person_id,
        template=template.code,
        template_version=version.version,
        title=str(version.variants["title"]),
        body=words(str(version.variants["inbox"]), params),
        link=link,
        dedupe=dedupe,
        created_at=clock.now(),
    )
    await plan(
        message,
        Wanted(version.variants, params, urgent=template.urgent, deadline_s=template.deadline_s),
    )
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


async def send_to_phone(phone: str, text: str, template: str, dedupe: str) -> None:
    """Send to somebody who has no account (yet) what they wait for; the same `dedupe` is one.

    Raises `PhoneInvalid`.
    """
    number = checked_phone(phone)
    async with db.unit_of_work():
        await db.lock(f"notify:{dedupe}")
        if await Delivery.filter(dedupe=f"{dedupe}:sms").exists():
            return
        now = clock.now()
        row = await Delivery.create(
            id=uuid7(),
            phone=number,
            channel="sms",
            content=text,
            template=template,
            dedupe=f"{dedupe}:sms",
            urgent=True,
            created_at=now,
            not_before=now,
            moved_at=now,
        )
        release(row, now)


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
    """Note that a message was read, on whatever screen; raises `NoSuchMessage`.

    What waits to go out about it is not needed any more, and every other screen is told.
    """
    async with db.unit_of_work() as uow:
        marked = await db.execute(
            "UPDATE notify_message SET read_at = coalesce(read_at, $3) "
            "WHERE id=$1 AND person_id=$2",
            message_id,
            person_id,
            clock.now(),
        )
        if not marked:
            raise NoSuchMessage
        await db.execute(
            "UPDATE notify_delivery SET state='skipped', detail='已读', moved_at=$2 "
            "WHERE message_id=$1 AND state='new'",
            message_id,
            clock.now(),
        )
        uow.then(lambda: tell_live(person_id))
