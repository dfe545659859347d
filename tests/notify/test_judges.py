"""The official Python client of GOV.UK Notify sends and reads against our /v2."""

import asyncio
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from notifications_python_client.errors import HTTPError
from notifications_python_client.notifications import NotificationsAPIClient

from app_server.kernel import db
from app_server.kernel.ids import uuid7
from notify import service as notify
from notify.service import departments
from tests.builders.notify import operator
from tests.builders.people import phone

BODY = "您的{thing}已办好，请于{day}前领取。"


class Department:
    """A service with one published template."""

    def __init__(self, service_id: Any, template_id: str, author: Any) -> None:
        self.id, self.template, self.author = service_id, template_id, author

    async def client(self, base: str, kind: str) -> NotificationsAPIClient:
        _, key = await departments.add_key(self.author, self.id, kind, f"{kind} key")
        return NotificationsAPIClient(key, base_url=base)


async def department() -> Department:
    author, other = (
        await operator(f"author.{uuid7().hex[-8:]}"),
        await operator(f"publisher.{uuid7().hex[-8:]}"),
    )
    row = await departments.add_service(author, "测试住建局", "11341602MB0000000X")
    words = await notify.add_department_template(author, row.id, "领取通知", BODY)
    await notify.publish(other, words.code, words.version)
    return Department(row.id, departments.template_id(words.code), author)


async def asked(call: Callable[..., Any], *args: Any, **more: Any) -> Any:
    """The client is synchronous: it runs beside the loop that answers it."""
    return await asyncio.to_thread(call, *args, **more)


async def refusal(call: Callable[..., Any], *args: Any, **more: Any) -> tuple[int, str]:
    with pytest.raises(HTTPError) as told:
        await asked(call, *args, **more)
    return told.value.status_code, str(told.value.message)


FILLED = {"thing": "公租房合同", "day": "12 月 1 日"}


async def test_strangers_wrong_keys_and_old_tokens_are_refused(database, listeners, partner):
    base, ours = listeners["partner"], await department()
    assert (await partner.get(f"{base}/v2/notifications")).status_code == 403
    good = await ours.client(base, "normal")
    stranger = NotificationsAPIClient(f"x-{ours.id}-{uuid4()}", base_url=base)
    assert (await refusal(stranger.get_all_templates))[0] == 403
    nobody = NotificationsAPIClient(f"x-{uuid4()}-{uuid4()}", base_url=base)
    assert (await refusal(nobody.get_all_templates))[0] == 403
    now = int(time.time())
    claims = {"iss": str(ours.id), "iat": now}
    forged = [
        jwt.encode(claims | {"iat": now - 40}, good.api_key, "HS256"),
        jwt.encode(claims | {"iat": now + 40}, good.api_key, "HS256"),
        "a.b.c",
        jwt.encode(claims, good.api_key, "HS512"),
        jwt.encode(claims, None, "none"),
        "....",
    ]
    for token in forged:
        reply = await partner.get(
            f"{base}/v2/templates", headers={"authorization": f"Bearer {token}"}
        )
        assert reply.status_code == 403, token
        assert reply.json()["errors"][0]["error"] == "AuthError"
    await departments.revoke_key(ours.author, ours.id, (await departments.keys(ours.id))[0].id)
    assert (await refusal(good.get_all_templates))[0] == 403


async def test_the_official_client_sends_and_reads(database, listeners, simulators, deliver):
    ours = await department()
    client = await ours.client(listeners["partner"], "normal")
    to = phone()
    sent = await asked(
        client.send_sms_notification,
        f"+86 {to[:3]} {to[3:7]} {to[7:]}",
        ours.template,
        personalisation=FILLED,
        reference="case-1",
    )
    assert sent["content"]["body"] == "您的公租房合同已办好，请于12 月 1 日前领取。"
    assert sent["reference"] == "case-1"
    await deliver()
    told = await asked(client.get_notification_by_id, sent["id"])
    assert (told["status"], told["type"], told["reference"]) == ("sending", "sms", "case-1")
    assert told["phone_number"] == f"{to[:3]}****{to[-4:]}"
    listed = [
        one["id"] for one in await asked(lambda: list(client.get_all_notifications_iterator()))
    ]
    assert listed == [sent["id"]]
    found = await asked(client.get_all_notifications, reference="case-1", status="sending")
    assert [one["id"] for one in found["notifications"]] == [sent["id"]]
    nothing = await asked(client.get_all_notifications, template_type="email")
    assert nothing["notifications"] == []
    (template,) = (await asked(client.get_all_templates))["templates"]
    assert template["id"] == ours.template
    assert (await asked(client.get_template, ours.template))["version"] == 1
    assert (await asked(client.get_template_version, ours.template, 1))["body"] == BODY
    shown = await asked(client.post_template_preview, ours.template, FILLED)
    assert shown["body"] == sent["content"]["body"]


async def test_a_test_key_runs_the_whole_path_and_nothing_leaves_the_building(
    database, listeners, simulators, deliver
):
    ours = await department()
    client = await ours.client(listeners["partner"], "test")
    to = phone()
    sent = await asked(client.send_sms_notification, to, ours.template, personalisation=FILLED)
    await deliver()
    told = await asked(client.get_notification_by_id, sent["id"])
    assert (told["status"], told["is_test"]) == ("delivered", True)
    async with httpx.AsyncClient(trust_env=False) as box:
        arrived = await box.get(f"{simulators['sms']}/messages", params={"phone": to})
    assert arrived.json() == []
    row = await db.row(
        "SELECT provider, cost_fen FROM notify_delivery WHERE service_id=$1", ours.id
    )
    assert (row["provider"], row["cost_fen"]) == ("local", 0)
    live = await ours.client(listeners["partner"], "normal")
    assert (await refusal(live.get_notification_by_id, sent["id"]))[0] == 404


async def test_bad_requests_are_refused_in_words_a_client_reads(database, listeners, deliver):
    ours, others = await department(), await department()
    base = listeners["partner"]
    client, team = await ours.client(base, "normal"), await ours.client(base, "team")
    send = client.send_sms_notification
    status, told = await refusal(send, "010-12345", ours.template, personalisation=FILLED)
    assert status == 400
    assert "手机号码不正确" in told
    assert (await refusal(send, phone(), others.template, personalisation=FILLED))[0] == 404
    status, told = await refusal(send, phone(), ours.template, personalisation={"thing": "x"})
    assert status == 400
    assert "day：缺少这个参数" in told
    extra = FILLED | {"more": "x"}
    assert (await refusal(send, phone(), ours.template, personalisation=extra))[0] == 400
    long = FILLED | {"thing": "长" * 400}
    assert (await refusal(send, phone(), ours.template, personalisation=long))[0] == 400
    mail = await refusal(client.send_email_notification, "a@b.cn", ours.template)
    assert mail[0] == 400
    assert "不提供电子邮件" in mail[1]
    to = phone()
    only_team = team.send_sms_notification
    assert (await refusal(only_team, to, ours.template, personalisation=FILLED))[0] == 400
    await departments.set_team(ours.author, ours.id, [to])
    assert (await asked(only_team, to, ours.template, personalisation=FILLED))["id"]


async def test_neither_keys_nor_phones_are_stored_or_told_in_clear(
    database, listeners, simulators, deliver, capfd
):
    ours = await department()
    client = await ours.client(listeners["partner"], "normal")
    to = phone()
    sent = await asked(client.send_sms_notification, to, ours.template, personalisation=FILLED)
    await deliver()
    answers = [sent, await asked(client.get_notification_by_id, sent["id"])]
    answers.append(await asked(client.get_all_notifications))
    assert to not in repr(answers)
    for table in ("kernel_event", "kernel_delivery", "kernel_attempt", "kernel_audit",
                  "notify_delivery", "notify_key", "notify_service"):  # fmt: skip
        dump = repr(await db.rows(f"SELECT row_to_json(t)::text FROM {table} t"))
        assert to not in dump, table
        assert client.api_key not in dump, table
    out, err = capfd.readouterr()
    assert to not in out + err
