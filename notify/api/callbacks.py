"""What vendors tell of their own accord: WeChat's official account, and carriers' receipts."""

from app_server.kernel.http import Call, RawReply, endpoint, own_credentials
from app_server.kernel.ratelimit import Limit
from notify import service
from notify.schemas import OfficialMarks

WECHAT = own_credentials("partner", "WeChat's signature over its push")
CARRIER = own_credentials("partner", "a secret in the address, and references of ours")
NOTICES = Limit("notify-notice", 1200, 60)


@endpoint(
    "GET",
    "/callbacks/wechat/official",
    guard=WECHAT,
    bare=True,
    limit=NOTICES,
    reply_type="text/plain",
)
async def check_official_address(call: Call, query: OfficialMarks) -> RawReply:
    """Answer WeChat's check of this address when the official account is set up."""
    del call
    marks = service.PushQuery(query.timestamp, query.nonce, signature=query.signature)
    return RawReply(service.official_echo(marks, query.echostr).encode(), "text/plain")


@endpoint(
    "POST",
    "/callbacks/wechat/official",
    guard=WECHAT,
    bare=True,
    limit=NOTICES,
    raw=("text/xml", "application/xml", "application/json"),
    max_body=64 * 1024,
    reply_type="text/plain",
)
async def take_official_push(call: Call, query: OfficialMarks) -> RawReply:
    """A push of the official account: follows, consents, and what became of template messages."""
    marks = service.PushQuery(query.timestamp, query.nonce, query.msg_signature)
    await service.take_official(marks, call.raw)
    return RawReply(b"success", "text/plain")


@endpoint(
    "POST",
    "/callbacks/sms/aliyun/{key}",
    guard=CARRIER,
    bare=True,
    limit=NOTICES,
    raw=("application/json",),
    max_body=256 * 1024,
    reply_type="application/json",
)
async def take_aliyun_receipts(call: Call, key: str) -> RawReply:
    """Aliyun's SmsReport: which short messages arrived."""
    await service.take_sms_receipts("aliyun", key, call.raw)
    return RawReply('{"code":0,"msg":"接收成功"}'.encode(), "application/json")


@endpoint(
    "POST",
    "/callbacks/sms/tencent/{key}",
    guard=CARRIER,
    bare=True,
    limit=NOTICES,
    raw=("application/json",),
    max_body=256 * 1024,
    reply_type="application/json",
)
async def take_tencent_receipts(call: Call, key: str) -> RawReply:
    """Tencent's status push: which short messages arrived."""
    await service.take_sms_receipts("tencent", key, call.raw)
    return RawReply(b'{"result":0,"errmsg":"OK"}', "application/json")
