"""WeChat Pay without a network: every call is checked as the real gateway checks it.

The same world serves the simulator process and, in process with a virtual clock, the fault matrix.
"""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import orjson

from app_server.kernel.rsa2 import verifies
from payments.providers.wechatpay_signing import SCHEME, message
from payments.simulators.faults import Reply
from payments.simulators.wechatpay_books import Books, Merchant, Problem
from payments.simulators.wechatpay_calls import CALLS

SKEW_S = 300
_AUTHORIZATION = re.compile(r'(\w+)="([^"]*)"')
_JSON = {"content-type": "application/json; charset=utf-8"}


class WeChatPayWorld(Books):
    """The books behind the gateway's door."""

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer one call, signed; what is not signed by a merchant is refused."""
        told = {name.lower(): value for name, value in headers.items()}
        try:
            merchant = self._caller(method, target, told, body)
        except Problem as problem:
            return problem.status, _JSON, _error(problem)
        try:
            if self.faults.due("busy"):
                raise Problem(500, "SYSTEM_ERROR", "系统错误")  # noqa: TRY301 - like any refusal
            status, answer = self._route(merchant, method, target, body)
        except Problem as problem:
            status, answer = problem.status, _error(problem)
        if isinstance(answer, bytes) and target.startswith("/v3/billdownload/"):
            return status, {"content-type": "application/octet-stream"}, answer
        signed = merchant.platform.sign(
            answer, self.now(), told.get("wechatpay-serial", ""),
            spoilt=self.faults.due("bad_signature"),
        )  # fmt: skip
        return status, _JSON | signed, answer

    def _caller(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> Merchant:
        scheme, _, rest = headers.get("authorization", "").partition(" ")
        told = dict(_AUTHORIZATION.findall(rest))
        if scheme != SCHEME or not told.get("timestamp", "").isdigit():
            raise Problem(401, "SIGN_ERROR", "Http头Authorization值格式错误")
        merchant = next(
            (m for m in self.merchants if m.account.merchant == told.get("mchid")), None
        )
        if merchant is None or told.get("serial_no") != merchant.account.key_id:
            raise Problem(401, "SIGN_ERROR", "商户证书序列号有误")
        if abs(self.now().timestamp() - int(told["timestamp"])) > SKEW_S:
            raise Problem(
                401, "SIGN_ERROR", "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟"
            )
        signed = message(method, target, told["timestamp"], told.get("nonce_str", ""))
        if not verifies(merchant.theirs, signed + body + b"\n", told.get("signature", "")):
            raise Problem(401, "SIGN_ERROR", "签名错误，请检查后再试")
        return merchant

    def _route(
        self, merchant: Merchant, method: str, target: str, body: bytes
    ) -> tuple[int, bytes]:
        parts = urlsplit(target)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if method == "POST":
            try:
                asked = orjson.loads(body)
            except orjson.JSONDecodeError as error:
                raise Problem(400, "PARAM_ERROR", "请求体不是 JSON") from error
        for wanted, pattern, call in CALLS:
            found = pattern.fullmatch(parts.path)
            if wanted == method and found:
                try:
                    return call(self, merchant, asked, *found.groups())
                except (KeyError, TypeError, ValueError) as error:
                    raise Problem(400, "PARAM_ERROR", "参数错误") from error
        raise Problem(404, "RESOURCE_NOT_EXISTS", "没有这个接口")


def _error(problem: Problem) -> bytes:
    return orjson.dumps({"code": problem.code, "message": problem.words})
