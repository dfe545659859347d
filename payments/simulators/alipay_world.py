"""Alipay without a network: every call is checked as the real gateway checks it.

The same world serves the simulator process and, in process with a virtual clock, the fault matrix.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import orjson

from app_server.kernel.rsa2 import sign, to_sign, verifies
from payments.providers.alipay_certificates import certificate_serial, root_serial
from payments.simulators.alipay_books import Books, Problem, Seller, stamp
from payments.simulators.alipay_calls import CALLS, place
from payments.simulators.faults import Reply

SKEW = timedelta(minutes=15)
PAGES = frozenset({"alipay.trade.wap.pay", "alipay.trade.page.pay", "alipay.trade.app.pay"})
_JSON = {"content-type": "text/html;charset=utf-8"}


class AlipayWorld(Books):
    """The books behind the gateway's door."""

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer one call, signed; what is not signed by a seller is refused."""
        del headers
        parts = urlsplit(target)
        if parts.path == "/bill" and method == "GET":
            return self._file(dict(parse_qsl(parts.query)).get("token", ""))
        if parts.path != "/gateway.do":
            return 404, _JSON, b"not found"
        params = dict(parse_qsl(parts.query)) | dict(parse_qsl(body.decode("utf-8", "replace")))
        params.setdefault("method", "")
        name = params["method"].replace(".", "_") + "_response"
        found = (s for s in self.sellers if s.account.key_id == params.get("app_id"))
        seller = next(found, None)
        if seller is None:
            # Whoever is not known is answered without a signature.
            problem = Problem("isv.invalid-app-id", "无效的AppID参数", "40002")
            return 200, _JSON, b'{"error_response":' + orjson.dumps(_told(problem)) + b"}"
        try:
            self._check(seller, params)
            if self.faults.due("busy"):
                raise Problem("ACQ.SYSTEM_ERROR", "系统错误", "20000")  # noqa: TRY301 - like others
            if params["method"] in PAGES:
                order = place(self, seller, _content(params), params)
                return 302, {"location": f"{self.base}/cashier/{order['cashier']}"}, b""
            call = CALLS.get(params["method"])
            if call is None:
                raise Problem("isv.invalid-method", "不存在的方法名", "40002")  # noqa: TRY301
            node = {"code": "10000", "msg": "Success"} | call(
                self, seller, _content(params), params
            )
        except Problem as problem:
            node = _told(problem)
        return 200, _JSON, self._signed(seller, name, node)

    def returned(self, order: Mapping[str, Any]) -> str:
        """The page the person comes back to, with the signed words Alipay adds."""
        seller: Seller = order["seller"]
        told = {
            "app_id": seller.account.key_id,
            "seller_id": seller.account.merchant,
            "out_trade_no": order["out_trade_no"],
            "trade_no": order["trade_no"],
            "charset": "utf-8",
            "timestamp": stamp(self.now()),
        }
        told |= {"sign": sign(seller.ours, to_sign(told)), "sign_type": "RSA2"}
        joint = "&" if "?" in order["return_url"] else "?"
        return f"{order['return_url']}{joint}{urlencode(told)}"

    def _check(self, seller: Seller, params: Mapping[str, str]) -> None:
        if params.get("sign_type") != "RSA2":
            raise Problem("isv.invalid-signature-type", "无效的签名类型", "40002")
        account = seller.account
        if account.certified:
            named = (params.get("app_cert_sn"), params.get("alipay_root_cert_sn"))
            ours = certificate_serial(account.app_certificate)
            if named != (ours, root_serial(account.alipay_root_certificate)):
                raise Problem("isv.app-cert-sn-not-match", "应用公钥证书序列号有误", "40002")
        if not verifies(seller.theirs, to_sign(dict(params)), params.get("sign", "")):
            raise Problem("isv.invalid-signature", "无效签名", "40002")
        try:
            sent = datetime.strptime(f"{params['timestamp']} +0800", "%Y-%m-%d %H:%M:%S %z")
        except (KeyError, ValueError) as error:
            raise Problem("isv.invalid-timestamp", "非法的时间戳参数", "40002") from error
        # A page is opened when the person gets to it: the order's own time bounds it.
        if params["method"] not in PAGES and abs(sent - self.now()) > SKEW:
            raise Problem("isv.invalid-timestamp", "非法的时间戳参数", "40002")

    def _signed(self, seller: Seller, name: str, node: Mapping[str, Any]) -> bytes:
        text = orjson.dumps(node)
        spoilt = b"spoilt" if self.faults.due("bad_signature") else b""
        mark = sign(seller.ours, spoilt + text)
        more = ""
        if seller.account.certified:
            serial = certificate_serial(seller.account.alipay_certificate)
            more = f'"alipay_cert_sn":"{serial}",'
        return f'{{"{name}":'.encode() + text + f',{more}"sign":"{mark}"}}'.encode()

    def _file(self, token: str) -> Reply:
        file, until = self.files.get(token, (b"", self.now()))
        if until <= self.now():
            return 404, _JSON, b"expired"
        return 200, {"content-type": "application/zip"}, file


def _content(params: Mapping[str, str]) -> dict[str, Any]:
    try:
        told = orjson.loads(params.get("biz_content", "{}"))
    except orjson.JSONDecodeError as error:
        raise Problem("isv.invalid-arguments", "biz_content 不是 JSON", "40002") from error
    if not isinstance(told, dict):
        raise Problem("isv.invalid-arguments", "biz_content 不是对象", "40002")
    return told


def _told(problem: Problem) -> dict[str, str]:
    words = {"20000": "Service Currently Unavailable", "40002": "Invalid Arguments"}
    return {
        "code": problem.code,
        "msg": words.get(problem.code, "Business Failed"),
        "sub_code": problem.sub_code,
        "sub_msg": problem.words,
    }
