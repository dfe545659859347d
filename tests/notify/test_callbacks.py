"""What WeChat pushes: genuine, fresh and once; whatever else is one kind of refusal."""

import base64
import hashlib
import json
import time

import pytest
from wechatpy.crypto import WeChatCrypto

from app_server.kernel import clock
from notify import service as notify
from notify.errors import BadCallback
from notify.providers.wechat_callback import (
    PushQuery,
    WeChatCallbacks,
    WeChatOfficialSettings,
    official_callbacks,
    parsed_callback,
    subscribe_facts,
)

OURS = WeChatOfficialSettings()
POPUP = (
    "<xml><ToUserName>gh_1</ToUserName><FromUserName>o-1</FromUserName>"
    "<CreateTime>{at}</CreateTime><MsgType>event</MsgType>"
    "<Event>subscribe_msg_popup_event</Event><SubscribeMsgPopupEvent>"
    "<List><TemplateId>T1</TemplateId><SubscribeStatusString>accept</SubscribeStatusString></List>"
    "<List><TemplateId>T2</TemplateId><SubscribeStatusString>reject</SubscribeStatusString></List>"
    "</SubscribeMsgPopupEvent></xml>"
)


def sha1(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324 - WeChat's own


def at(monkeypatch: pytest.MonkeyPatch, timestamp: int) -> None:
    real = clock.now()
    moved = real.fromtimestamp(timestamp, real.tzinfo)
    monkeypatch.setattr(clock, "_source", lambda: moved)


def pushed(text: str, nonce: str = "n1", app_id: str = OURS.key_id, when: int = 0):
    stamp = str(when or int(time.time()))
    crypto = WeChatCrypto(OURS.push_token, OURS.push_aes_key, app_id)
    body = crypto.encrypt_message(text, nonce, stamp)
    mark = body.partition("<MsgSignature><![CDATA[")[2].partition("]")[0]
    return PushQuery(stamp, nonce, mark), body.encode()


def test_the_vectors_of_wechatpy_and_tencent(shared, monkeypatch):
    held = json.loads((shared / "data/payments/wechat_mp_msgcrypt.json").read_text())
    ours, theirs = held["decrypt"], held["tencent_demo"]
    sealed = f"<xml><Encrypt>{theirs['encrypt']}</Encrypt></xml>"
    for given, of, body in ((held, ours, ours["xml"]), (theirs, theirs, sealed)):
        reader = WeChatCallbacks(given["token"], given["encoding_aes_key"], given["appid"])
        query = PushQuery(of["timestamp"], of["nonce"], of["msg_signature"])
        with pytest.raises(BadCallback):  # of years ago
            reader.read(query, body.encode())
        with monkeypatch.context() as then:
            at(then, int(of["timestamp"]) + 299)
            told = reader.read(query, body.encode())
            assert (told.kind, told.fields["MsgId"]) == ("text", told.fields["MsgId"])
            assert parsed_callback(of["plaintext"]).fields == told.fields
            forged = PushQuery(of["timestamp"], of["nonce"] + "1", of["msg_signature"])
            with pytest.raises(BadCallback):
                reader.read(forged, body.encode())
            other = WeChatCallbacks(given["token"], given["encoding_aes_key"], "wx-other")
            with pytest.raises(BadCallback):
                other.read(query, body.encode())
    check = held["url_check"]
    with monkeypatch.context() as then:
        at(then, int(check["timestamp"]))
        mark = sha1("123456", check["timestamp"], "7")
        reader = WeChatCallbacks("123456", held["encoding_aes_key"], held["appid"])
        assert reader.echo(PushQuery(check["timestamp"], "7", "", mark), "x") == "x"
        with pytest.raises(BadCallback):
            reader.echo(PushQuery(check["timestamp"], "8", "", mark), "x")


def test_every_official_sample_of_an_event_is_read(shared):
    folder = shared / "data/payments/wechat_samples/Api/EventSamples"
    read, counted = 0, []
    for path in sorted(folder.glob("Mp*/*.*")):
        told = parsed_callback(path.read_bytes())
        read += 1
        counted += subscribe_facts(told)
    assert read >= 20
    assert {fact.kind for fact in counted} == {"accept", "reject", "withdraw", "sent"}
    assert all(fact.template_id for fact in counted)


def test_the_must_fails_all_raise_one_kind(shared):
    files = [*(shared / "data/payments").glob("wechat_*sample.xml")]
    assert len(files) == 3
    bad = [path.read_bytes() for path in files]
    event = POPUP.format(at=1)
    bad += [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{",
        b"<xml/>",
        b"<xml><a>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><xml><ToUserName>&a;</ToUserName></xml>',
        event.encode() * 2,
        event.replace("<MsgType>event</MsgType>", "").encode(),
        event.replace("<MsgType>", "<MsgType>text</MsgType><MsgType>").encode(),
        event.replace("<CreateTime>1<", "<CreateTime>1e9<").encode(),
        b"[" * 10_000,
        b'{"MsgType":' * 10_000,
    ]
    for body in bad:
        with pytest.raises(BadCallback):
            parsed_callback(body)
        for sealed in (body, b"<xml><Encrypt>" + base64.b64encode(body[:16]) + b"</Encrypt></xml>"):
            with pytest.raises(BadCallback):
                official_callbacks().read(PushQuery(str(int(time.time())), "n", "0" * 40), sealed)
    for text in (
        event.replace("accept", "perhaps"),
        event.replace("<TemplateId>T1</TemplateId>", ""),
    ):
        with pytest.raises(BadCallback):
            subscribe_facts(parsed_callback(text))


def test_a_ciphertext_of_another_app_or_of_sixteen_bytes_is_refused():
    reader = official_callbacks()
    with pytest.raises(BadCallback):
        reader.read(*pushed(POPUP.format(at=1), app_id="wx-other"))
    short = base64.b64encode(b"0" * 16).decode()
    stamp = str(int(time.time()))
    mark = sha1(OURS.push_token, stamp, "n", short)
    with pytest.raises(BadCallback):
        reader.read(PushQuery(stamp, "n", mark), f"<xml><Encrypt>{short}</Encrypt></xml>".encode())
    with pytest.raises(BadCallback):
        reader.read(*pushed(POPUP.format(at=1), when=int(time.time()) - 301))


async def test_a_push_is_taken_once_and_its_consents_count(database):
    query, body = pushed(POPUP.format(at=int(time.time())))
    told = await notify.take_official(query, body)
    assert told is not None
    assert told.event == "subscribe_msg_popup_event"
    assert await notify.take_official(query, body) is None
    # WeChat tells the same event again, signed anew.
    await notify.take_official(*pushed(POPUP.format(at=int(told.at.timestamp())), "n2"))
    assert await notify.left("o-1", "T1") == 1
    assert await notify.left("o-1", "T2") == 0
    change = POPUP.format(at=1).replace("popup", "change").replace("Popup", "Change")
    await notify.take_official(*pushed(change.replace("accept", "reject"), "n3"))
    assert await notify.left("o-1", "T1") == 0
