"""Tencent's SMS API 2021-01-11 in the simulated carrier: TC3 checked as there."""

import time
from collections import deque
from datetime import datetime
from typing import Any

import orjson
from sanic import Request

from app_server.kernel.crypto import same
from notify.providers.sms_tencent import TencentSmsSettings
from notify.providers.tc3 import authorization

SKEW_S = 300


def answered(
    request: Request, account: TencentSmsSettings, box: deque[dict[str, str]]
) -> dict[str, Any]:
    """What stands under `Response`."""
    known = {"RequestId": f"SIM-{time.time_ns()}"}
    action = request.headers["x-tc-action"]
    if problem := _refusal(request, account, action):
        return known | {"Error": {"Code": problem, "Message": problem}}
    asked = orjson.loads(request.body)
    if action == "SendSms":
        return known | {"SendStatusSet": [_sent(asked, box)]}
    if action == "PullSmsSendStatusByPhoneNumber":
        return known | {"PullSmsSendStatusSet": _receipts(asked, box)}
    return known | {"Error": {"Code": "InvalidAction", "Message": action}}


def _refusal(request: Request, account: TencentSmsSettings, action: str) -> str:
    stamp = request.headers.get("x-tc-timestamp", "")
    if not (stamp.isascii() and stamp.isdigit()):
        return "AuthFailure.SignatureFailure"
    if abs(time.time() - int(stamp)) > SKEW_S:
        return "AuthFailure.SignatureExpire"
    expected = authorization(
        key_id=account.key_id,
        secret=account.secret,
        host=request.headers["host"],
        action=action,
        body=request.body,
        timestamp=int(stamp),
    )
    good = same(request.headers.get("authorization", ""), expected)
    return "" if good else "AuthFailure.SignatureFailure"


def _sent(asked: dict[str, Any], box: deque[dict[str, str]]) -> dict[str, Any]:
    phone = str(asked.get("PhoneNumberSet", [""])[0])
    bare, out_id = phone.removeprefix("+86"), str(asked.get("SessionContext", ""))
    told = {"PhoneNumber": phone, "SessionContext": out_id, "IsoCode": "CN", "SerialNo": ""}
    if not (len(bare) == 11 and bare.isascii() and bare.isdigit()):
        wrong = "InvalidParameterValue.IncorrectPhoneNumber"
        return told | {"Code": wrong, "Message": wrong, "Fee": 0}
    serial = f"SIM{time.time_ns()}"
    box.append(
        {
            "PhoneNum": bare,
            "Content": f"【{asked.get('SignName', '')}】{asked['TemplateParamSet'][0]}",
            "OutId": out_id,
            "BizId": serial,
            "SendDate": datetime.now().astimezone().isoformat(timespec="seconds"),
        }
    )
    return told | {"Code": "Ok", "Message": "send success", "Fee": 1, "SerialNo": serial}


def _receipts(asked: dict[str, Any], box: deque[dict[str, str]]) -> list[dict[str, str]]:
    bare = str(asked.get("PhoneNumber", "")).removeprefix("+86")
    return [
        {
            "SerialNo": one["BizId"],
            "SessionContext": one["OutId"],
            "ReportStatus": "SUCCESS",
            "SubscriberNumber": bare,
        }
        for one in box
        if one["PhoneNum"] == bare
    ]
