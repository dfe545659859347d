"""马鞍山教育's back end, behind 浙里办's gateway: whose school an address belongs to, registration.

模拟后台: schools and catchments are made up. It answers as such back ends do: always 200, with a
code of its own, since the gateway passes on nothing else.
"""

import re
import secrets
import time
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sanic import HTTPResponse, Request, Sanic

from miniapps.simulators.city_sessions import Refused, Sessions, given, told
from miniapps.simulators.platform_calls import SHANGHAI, NotKnownError, by_irs

APPID = "ah340500school"
SCHOOLS = {
    "s1": ("幸福路小学", "花山区幸福路 18 号", "0555-1234501", 320),
    "s2": ("雨山实验学校", "雨山区雨山西路 66 号", "0555-1234502", 280),
    "s3": ("湖东路第二小学", "花山区湖东中路 9 号", "0555-1234503", 240),
    "s4": ("采石中心小学", "雨山区采石街道唐贤街 3 号", "0555-1234504", 160),
}
ADDRESSES = {
    "a1": ("花山区幸福路 20 号幸福小区", "s1"),
    "a2": ("花山区湖北路 5 号花山苑", "s1"),
    "a3": ("雨山区雨山西路 80 号雨山花园", "s2"),
    "a4": ("雨山区印山路 12 号印山新村", "s2"),
    "a5": ("花山区湖东中路 21 号东湖公寓", "s3"),
    "a6": ("雨山区采石街道古镇西路 7 号", "s4"),
}
RELATIONS = ("父亲", "母亲", "其他监护人")
STEPS = ("已提交", "学校初审", "区教育局复核", "录取通知")
# Each rule of the form and what is said when it is broken.
RULES = {
    "child": (re.compile(r"[\u4e00-\u9fff·]{2,20}"), "请填写孩子的中文姓名"),
    "birth": (re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}"), "请选择出生日期"),
    "relation": (re.compile("|".join(RELATIONS)), "请选择您与孩子的关系"),
    "address": (re.compile(r"a[1-6]"), "请选择家庭住址"),
    "phone": (re.compile(r"1[3-9][0-9]{9}"), "请填写 11 位手机号码"),
}


@dataclass
class Family:
    """One guardian's draft and registrations."""

    draft: dict[str, str] = field(default_factory=dict)
    registrations: list[dict[str, Any]] = field(default_factory=list)


def entry_year(today: date) -> int:
    """The year of the next entry: registration for September begins in October before."""
    return today.year + (today.month >= 10)


def faults(form: dict[str, Any], today: date) -> dict[str, str]:
    """What is wrong with a form, by field; who enters is six by the end of August."""
    found = {
        name: words
        for name, (rule, words) in RULES.items()
        if not isinstance(form.get(name), str) or not rule.fullmatch(form[name])
    }
    if "birth" not in found:
        year = entry_year(today)
        try:
            born = date.fromisoformat(form["birth"])
        except ValueError:
            return found | {"birth": RULES["birth"][1]}
        if not date(year - 7, 9, 1) <= born <= date(year - 6, 8, 31):
            span = f"{year - 7} 年 9 月 1 日至 {year - 6} 年 8 月 31 日"
            found["birth"] = f"{year} 年秋季入学的孩子应在 {span}出生"
    return found


def school_of(address: str) -> dict[str, Any]:
    """The school an address belongs to."""
    name, where, phone, places = SCHOOLS[ADDRESSES[address][1]]
    return {"name": name, "where": where, "phone": phone, "places": places}


def _told(data: Any) -> HTTPResponse:
    return told({"code": 0, "message": "", "data": data})


def _registered(family: Family, form: dict[str, Any]) -> dict[str, Any]:
    made = {
        "number": f"MAS{secrets.randbelow(10**8):08d}",
        "child": form["child"],
        "address": ADDRESSES[form["address"]][0],
        "school": school_of(form["address"])["name"],
        "at": datetime.now(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
        "born": form["birth"],
        "began": time.time(),
    }
    family.registrations.insert(0, made)
    family.draft = {}
    return made


def _progress(made: dict[str, Any]) -> dict[str, Any]:
    at = min(len(STEPS) - 1, int((time.time() - made["began"]) / 20))
    steps = [{"name": name, "done": i <= at, "now": i == at} for i, name in enumerate(STEPS)]
    return {k: v for k, v in made.items() if k not in {"began", "born"}} | {"steps": steps}


def add_routes(app: "Sanic[Any, Any]") -> None:
    """The interfaces the gateway names."""
    sessions = Sessions(APPID, by_irs)
    families: dict[str, Family] = {}
    _add_open(app, sessions)

    def family(request: Request) -> Family:
        return families.setdefault(sessions.openid(request), Family())

    @app.post("/school/draft", name="school_draft")
    async def draft(request: Request) -> HTTPResponse:
        own, body = _family_or_none(family, request), given(request)
        if own is None:
            return told({"code": 401, "message": "登录已失效，请重新登录", "data": None})
        if "form" in body:
            asked = body["form"] if isinstance(body["form"], dict) else {}
            own.draft = {k: str(asked[k])[:40] for k in RULES if isinstance(asked.get(k), str)}
        return _told({"form": own.draft})

    @app.post("/school/registrations", name="school_register")
    async def register(request: Request) -> HTTPResponse:
        own, form = _family_or_none(family, request), given(request)
        if own is None:
            return told({"code": 401, "message": "登录已失效，请重新登录", "data": None})
        wrong = faults(form, datetime.now(SHANGHAI).date())
        if wrong:
            return told({"code": 422, "message": "请检查标出的内容", "data": wrong})
        if any(
            (r["child"], r["born"]) == (form["child"], form["birth"]) for r in own.registrations
        ):
            return told({"code": 409, "message": "这个孩子已经报名", "data": None})
        return _told(_progress(_registered(own, form)))

    @app.post("/school/progress", name="school_progress")
    async def progress(request: Request) -> HTTPResponse:
        own = _family_or_none(family, request)
        if own is None:
            return told({"code": 401, "message": "登录已失效，请重新登录", "data": None})
        return _told({"registrations": [_progress(r) for r in own.registrations]})


def _family_or_none(family: Any, request: Request) -> Family | None:
    try:
        found: Family = family(request)
    except Refused:
        return None
    return found


def _add_open(app: "Sanic[Any, Any]", sessions: Sessions) -> None:
    @app.post("/school/sessions", name="school_sign_in")
    async def sign_in(request: Request) -> HTTPResponse:
        try:
            session = await sessions.begin(given(request).get("ticketId"))
        except (NotKnownError, Refused) as error:
            return told({"code": 401, "message": str(error), "data": None})
        return _told({"session": session})

    @app.get("/school/addresses", name="school_addresses")
    async def addresses(request: Request) -> HTTPResponse:
        word = request.args.get("q", "").replace(" ", "")[:40]
        rows = [
            {"id": key, "text": text}
            for key, (text, _) in ADDRESSES.items()
            if word and word in text.replace(" ", "")
        ]
        return _told({"addresses": rows})

    @app.get("/school/schools", name="school_of")
    async def schools(request: Request) -> HTTPResponse:
        address = request.args.get("address", "")
        if address not in ADDRESSES:
            return told({"code": 404, "message": "没有这个地址", "data": None})
        return _told(school_of(address) | {"address": ADDRESSES[address][0]})
