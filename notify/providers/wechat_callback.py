"""What WeChat pushes to a callback: signature, decryption and parsing behind one wrapper.

wechatpy raises a dozen kinds of exceptions here, checks no time and knows no subscribe events
(payments-channels.md §1.2): whatever is wrong leaves this file as `BadCallback`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson
import xmltodict
from pydantic_settings import SettingsConfigDict
from wechatpy.crypto import PrpCrypto, WeChatCrypto

from app_server.kernel import clock
from app_server.kernel.crypto import same
from app_server.kernel.settings import ConfigurationRefused, VendorSettings, load
from notify.errors import BadCallback

FRESH_S = 300
MOST = 64 * 1024
NEEDED = ("ToUserName", "FromUserName", "MsgType")
SUBSCRIBE = {
    "subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
    "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
    "subscribe_msg_sent_event": "SubscribeMsgSentEvent",
}


class WeChatOfficialSettings(VendorSettings):
    """The official account (`WECHAT_OFFICIAL_KEY_ID` is its app id) and its push keys."""

    model_config = SettingsConfigDict(env_prefix="WECHAT_OFFICIAL_", extra="ignore", frozen=True)
    simulator = 3

    # The mini program that a message leads into; empty leads nowhere.
    mini_app_id: str = ""
    push_token: str = "SIMPUSHTOKEN"  # noqa: S105 - the simulator's own, refused in production
    push_aes_key: str = "SIMULATORKEY" + "0" * 31

    def model_post_init(self, context: object) -> None:
        """Refuse the simulator's push keys where real people are served."""
        del context
        if load().production and (
            self.push_token.startswith("SIM") or self.push_aes_key.startswith("SIM")
        ):
            raise ConfigurationRefused(["WeChatOfficialSettings: 仍在使用模拟器的消息推送密钥"])


@dataclass(frozen=True, slots=True)
class PushQuery:
    """What message push writes beside its body."""

    timestamp: str
    nonce: str
    msg_signature: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Callback:
    """One message or event, read; `fields` is all of it."""

    sender: str
    kind: str
    event: str
    at: datetime
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SubscribeFact:
    """What a subscribe event says of one template: `accept`, `reject`, `withdraw`, `sent`."""

    openid: str
    template_id: str
    kind: str
    at: datetime
    reference: str = ""


@dataclass(frozen=True, slots=True)
class TemplateFact:
    """What became of a template message, by WeChat's number for it."""

    reference: str
    arrived: bool
    detail: str


class WeChatCallbacks:
    """The wrapper for one app."""

    def __init__(self, token: str, aes_key: str, app_id: str) -> None:
        self._token, self._app_id = token, app_id
        self._key = WeChatCrypto(token, aes_key, app_id).key

    def echo(self, query: PushQuery, given: str) -> str:
        """The answer to the address check; raises `BadCallback`."""
        self._check(query, query.signature, ())
        return given

    def read(self, query: PushQuery, body: bytes) -> Callback:
        """Open a pushed message (secure mode only); raises `BadCallback`."""
        if len(body) > MOST:
            raise BadCallback("too large")
        try:
            return self._opened(query, body)
        except BadCallback:
            raise
        except Exception as error:  # wechatpy raises whatever its parsers and ciphers do
            raise BadCallback(type(error).__name__) from error

    def _opened(self, query: PushQuery, body: bytes) -> Callback:
        sealed = _parsed(body.decode("utf-8-sig"))["Encrypt"]
        if not isinstance(sealed, str):
            raise BadCallback("fields")
        self._check(query, query.msg_signature, (sealed,))
        return parsed_callback(PrpCrypto(self._key).decrypt(sealed, self._app_id))

    def _check(self, query: PushQuery, mark: str, more: tuple[str, ...]) -> None:
        stamp = query.timestamp
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12):
            raise BadCallback("timestamp")
        if abs(clock.now().timestamp() - int(stamp)) > FRESH_S:
            raise BadCallback("timestamp")
        whole = "".join(sorted((self._token, stamp, query.nonce, *more)))
        if not same(hashlib.sha1(whole.encode()).hexdigest(), mark):  # noqa: S324 - their protocol
            raise BadCallback("signature")


def _parsed(text: str) -> dict[str, Any]:
    """The fields of a push in either format; a document type or a second root is refused."""
    text = text.lstrip("\ufeff \r\n\t")
    if text.startswith("{"):
        found = orjson.loads(text)
    else:
        found = xmltodict.parse(text, disable_entities=True, xml_attribs=False)["xml"]
    if not isinstance(found, dict):
        raise BadCallback("fields")
    return found


def parsed_callback(plain: bytes | str) -> Callback:
    """A decrypted message; raises `BadCallback`."""
    try:
        return _callback(_parsed(plain.decode("utf-8-sig") if isinstance(plain, bytes) else plain))
    except BadCallback:
        raise
    except Exception as error:  # expat and orjson have kinds of their own
        raise BadCallback(type(error).__name__) from error


def _callback(fields: dict[str, Any]) -> Callback:
    stamp, event = str(fields["CreateTime"]), fields.get("Event") or ""
    # Twice the same tag makes a list: which one counts would be anybody's guess.
    texts = [event, *(fields.get(name) for name in NEEDED)]
    if not all(isinstance(text, str) for text in texts):
        raise BadCallback("fields")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12):
        raise BadCallback("fields")
    at = datetime.fromtimestamp(int(stamp), UTC)
    return Callback(fields["FromUserName"], fields["MsgType"], event, at, fields)


def subscribe_facts(told: Callback) -> list[SubscribeFact]:
    """What a subscribe event says of each template; none for other events. `BadCallback`."""
    if told.event not in SUBSCRIBE:
        return []
    within = told.fields.get(SUBSCRIBE[told.event], told.fields)
    listed = within.get("List", []) if isinstance(within, dict) else None
    rows = [listed] if isinstance(listed, dict) else listed
    if not isinstance(rows, list):
        raise BadCallback("List")
    return [_fact(told, row) for row in rows]


def _fact(told: Callback, row: Any) -> SubscribeFact:
    if not isinstance(row, dict) or not isinstance(row.get("TemplateId"), str):
        raise BadCallback("List")
    state = str(row.get("SubscribeStatusString", ""))
    if told.event == "subscribe_msg_sent_event":
        kind = "sent" if str(row.get("ErrorCode")) == "0" else "unsent"
    elif state not in {"accept", "reject"}:
        raise BadCallback("SubscribeStatusString")
    elif told.event == "subscribe_msg_change_event":
        # In the settings one takes everything back; switching on again gives no message.
        kind = "withdraw" if state == "reject" else "allow"
    else:
        kind = state
    reference = str(row.get("MsgID", ""))
    return SubscribeFact(told.sender, row["TemplateId"], kind, told.at, reference)


def template_fact(told: Callback) -> TemplateFact | None:
    """What TEMPLATESENDJOBFINISH says; None for other events. `BadCallback`."""
    if told.event != "TEMPLATESENDJOBFINISH":
        return None
    reference, status = str(told.fields.get("MsgID", "")), told.fields.get("Status")
    if not (reference.isascii() and reference.isdigit()) or not isinstance(status, str):
        raise BadCallback("fields")
    return TemplateFact(reference, status == "success", status[:80])


@lru_cache(maxsize=1)
def official_callbacks() -> WeChatCallbacks:
    """The callbacks of our official account."""
    account = WeChatOfficialSettings()
    return WeChatCallbacks(account.push_token, account.push_aes_key, account.key_id)
