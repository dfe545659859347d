"""滁州村务's back end: notices of a village, and problems people report with photo and place.

模拟后台: the village and its notices are made up; a report moves on by itself, a step each
quarter of a minute.
"""

import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sanic import HTTPResponse, Request, Sanic

from miniapps.simulators.city_sessions import (
    Refused,
    Sessions,
    given,
    number,
    picture,
    told,
    words,
)
from miniapps.simulators.platform_calls import SHANGHAI, by_simpleauth

APPID = "ah341100village"
KINDS = {"road": "道路破损", "light": "路灯不亮", "rubbish": "垃圾堆放", "water": "沟渠堵塞"}
STEPS = ("已提交", "村委会受理", "正在处理", "已办结")
STEP_S = 15
NOTICES = (
    {
        "id": "2026-31",
        "title": "小岗片区 2026 年第三季度村级财务公开",
        "kind": "财务公开",
        "day": "2026-10-12",
        "text": "本季度集体收入 48.6 万元，支出 31.2 万元，结余 17.4 万元。主要支出为道路养护、"
        "路灯电费和环境整治。明细张贴在村务公开栏，对账目有疑问的，可在公示期内向村务监督委员会提出。",
    },
    {
        "id": "2026-30",
        "title": "低保边缘家庭认定名单公示",
        "kind": "民生公示",
        "day": "2026-10-09",
        "text": "经入户核查和民主评议，拟认定 3 户为低保边缘家庭，公示 7 天。为保护隐私，"
        "名单只在村务公开栏公示，不在网上发布。",
    },
    {
        "id": "2026-29",
        "title": "秋冬季高标准农田沟渠清淤通知",
        "kind": "生产通知",
        "day": "2026-09-28",
        "text": "11 月 5 日起对三组、四组沟渠清淤，请在田间作业的村民注意机械。",
    },
    {
        "id": "2026-28",
        "title": "城乡居民医疗保险开始缴费",
        "kind": "便民提醒",
        "day": "2026-09-20",
        "text": "2027 年度城乡居民医保集中缴费期到 12 月 31 日。"
        "可在平台“缴费”中办理，也可到村代办点办理。",
    },
)


@dataclass
class Report:
    """A problem somebody saw."""

    kind: str
    text: str
    photo: str
    place: tuple[float, float]
    at: float = field(default_factory=time.time)
    number: str = field(default_factory=lambda: f"CW{secrets.randbelow(10**6):06d}")


def _shown(report: Report) -> dict[str, Any]:
    at = min(len(STEPS) - 1, int((time.time() - report.at) / STEP_S))
    steps = [{"name": name, "done": i <= at, "now": i == at} for i, name in enumerate(STEPS)]
    return {
        "number": report.number,
        "kind": KINDS[report.kind],
        "text": report.text,
        "photo": report.photo,
        "at": datetime.fromtimestamp(report.at, SHANGHAI).strftime("%m月%d日 %H:%M"),
        "longitude": report.place[0],
        "latitude": report.place[1],
        "steps": steps,
    }


def add_routes(app: "Sanic[Any, Any]") -> None:
    """What the villager's page asks."""
    reports: dict[str, list[Report]] = {}
    sessions = Sessions(APPID, by_simpleauth)

    @app.post("/village/sessions", name="village_sign_in")
    async def sign_in(request: Request) -> HTTPResponse:
        return told({"session": await sessions.begin(given(request).get("code"))}, 201)

    @app.get("/village/notices", name="village_notices")
    async def notices(_: Request) -> HTTPResponse:
        return told({"notices": NOTICES})

    @app.get("/village/reports", name="village_reports")
    async def mine(request: Request) -> HTTPResponse:
        own = reports.get(sessions.openid(request), [])
        return told({"reports": [_shown(r) for r in own[:20]]})

    @app.post("/village/reports", name="village_report")
    async def report(request: Request) -> HTTPResponse:
        openid, body = sessions.openid(request), given(request)
        kind = words(body, "kind", 20)
        if kind not in KINDS:
            raise Refused(422, "请选择问题类型")
        place = (number(body, "longitude", -180, 180), number(body, "latitude", -90, 90))
        made = Report(kind, words(body, "text", 300, 5), picture(body, "photo"), place)
        reports.setdefault(openid, []).insert(0, made)
        return told(_shown(made), 201)
