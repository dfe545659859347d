"""Messages, people with channels, and operators for tests."""

from uuid import UUID

import httpx
import pytest

from app_server.kernel import clock, db
from app_server.kernel.crypto import blind_index
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from auth.grants.models import ChannelIdentity
from auth.people import service as people
from notify import service as notify
from notify.rules import Quiet
from notify.service import Template, chain
from tests.builders.staff import officer

HELLO = Template("test.hello", "您好", "您的{thing}已办好", "您的{thing}已办好，请查看。")
SOON = Template("test.soon", "请留意", "{thing}将到期", "{thing}将到期，请留意。", urgent=True)


def awake(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody sleeps: what a test sends goes at once, whatever the hour it runs at."""
    monkeypatch.setattr(chain, "quiet_of", lambda _: Quiet(0, 0))


def asleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is night for everybody, whatever the hour the test runs at."""
    hour = clock.local(clock.now()).hour
    monkeypatch.setattr(chain, "quiet_of", lambda _: Quiet(hour, (hour + 2) % 24))


async def say(
    person: Principal, dedupe: str, thing: str = "居住证", template: Template = HELLO
) -> None:
    """One message to one person."""
    async with db.unit_of_work():
        await notify.send(
            person_id=person.subject, template=template, params={"thing": thing}, dedupe=dedupe
        )


async def states(dedupe: str) -> dict[str, str]:
    """The state of each channel of a message."""
    found = await db.rows(
        "SELECT channel, state FROM notify_delivery WHERE dedupe LIKE $1 || ':%'", dedupe
    )
    return {row["channel"]: row["state"] for row in found}


async def sms_of(person: Principal, simulators: dict[str, str]) -> list[str]:
    """What lies on a person's phone, newest first."""
    phone = (await people.person(person.subject)).phone
    async with httpx.AsyncClient(trust_env=False) as client:
        found = await client.get(f"{simulators['sms']}/messages", params={"phone": phone})
    return [one["Content"] for one in found.json()]


async def bound(person: Principal, channel: str, openid: str) -> str:
    """A channel account that belongs to a person."""
    await ChannelIdentity.create(
        channel=channel,
        app_id="SIM-KEY",
        id_kind="openid" if channel == "wechat" else "open_id",
        openid_index=blind_index(openid, "grants.openid"),
        openid=openid,
        person_id=person.subject,
        bound_at=clock.now(),
    )
    return openid


async def operator(login: str = "message.one") -> Principal:
    """An officer who keeps the messages."""
    return await officer("message_operator", login=login, name="消息员")


async def with_variants(code: Template, **variants: str | dict[str, str]) -> None:
    """A template whose variants two operators changed."""
    await notify.pinned(code)
    author, other = await operator(f"author.{uuid7().hex[-8:]}"), await operator("publisher.one")
    row = await notify.draft(author, code.code, dict(code.variants) | variants)
    await notify.publish(other, code.code, row.version)


async def browser(simulators: dict[str, str]) -> dict[str, dict[str, str]]:
    """A subscription of a new browser."""
    async with httpx.AsyncClient(trust_env=False) as client:
        return dict((await client.post(f"{simulators['push']}/__subscribe")).json())


async def hurry() -> None:
    """What waits for its next attempt or its hour is due now."""
    await db.execute("UPDATE kernel_delivery SET run_at = $1 WHERE state='ready'", clock.now())


async def delivery_id(dedupe: str, channel: str = "sms") -> UUID:
    """The row of one channel."""
    found = await db.value("SELECT id FROM notify_delivery WHERE dedupe=$1", f"{dedupe}:{channel}")
    assert found is not None
    return UUID(str(found))
