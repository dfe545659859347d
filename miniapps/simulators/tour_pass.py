"""黄山旅游年卡's back end: signs pages for WeChat's JSSDK, issues cards, lets people in by them.

模拟后台: cards open no real gate.
"""

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sanic import HTTPResponse, Request, Sanic

from app_server.kernel.settings import load
from miniapps.rules import app_origin
from miniapps.simulators.city_sessions import Refused, Sessions, given, number, picture, told, words
from miniapps.simulators.parking import distance
from miniapps.simulators.platform_calls import SHANGHAI, by_native, page_signature

APPID = "ah341000pass"
YEAR = timedelta(days=365)
# On the national grid, as WeChat's getLocation gives it when asked for gcj02.
SPOTS = (
    ("HS01", "黄山风景区", "黄山区汤口镇", 118.1750, 30.0750),
    ("HS02", "宏村", "黟县宏村镇", 117.9910, 30.0030),
    ("HS03", "西递", "黟县西递镇", 117.9960, 29.9050),
    ("HS04", "屯溪老街", "屯溪区老街", 118.3060, 29.7120),
    ("HS05", "呈坎", "徽州区呈坎镇", 118.2530, 29.9140),
)
GATE = re.compile(r"(HS0[1-5])")


@dataclass
class Card:
    """A card: its number, its photo, until when it holds, where it was used."""

    photo: str
    number: str = field(default_factory=lambda: f"HSNK{secrets.randbelow(10**8):08d}")
    until: str = field(
        default_factory=lambda: (datetime.now(SHANGHAI) + YEAR).strftime("%Y年%m月%d日")
    )
    entries: list[dict[str, str]] = field(default_factory=list)

    def enter(self, said: str) -> dict[str, str]:
        """Go in at the spot a gate's code names; raises `Refused`, also a second time a day."""
        found = GATE.search(said)
        if found is None:
            raise Refused(422, "不是景区入口的二维码")
        now = datetime.now(SHANGHAI)
        entry = {
            "spot": next(name for mark, name, *_ in SPOTS if mark == found[1]),
            "day": now.strftime("%Y年%m月%d日"),
            "time": now.strftime("%H:%M"),
        }
        if any(e["spot"] == entry["spot"] and e["day"] == entry["day"] for e in self.entries):
            raise Refused(409, f"今天已经用年卡进过{entry['spot']}")
        self.entries.insert(0, entry)
        return entry


def add_routes(app: "Sanic[Any, Any]") -> None:
    """What the card holder's page asks."""
    cards: dict[str, Card] = {}
    sessions = Sessions(APPID, by_native)
    settings = load()
    origin = app_origin(APPID, settings.origin("public"), settings.miniapp_domain)

    def card_of(request: Request) -> Card:
        card = cards.get(sessions.openid(request))
        if card is None:
            raise Refused(404, "还没有办理年卡")
        return card

    @app.post("/pass/signatures", name="pass_sign_page")
    async def sign_page(request: Request) -> HTTPResponse:
        url = words(given(request), "url", 1000)
        if not url.startswith(f"{origin}/"):
            raise Refused(403, "只为本应用的页面签名")
        return told(await page_signature(APPID, url))

    @app.post("/pass/sessions", name="pass_sign_in")
    async def sign_in(request: Request) -> HTTPResponse:
        return told({"session": await sessions.begin(given(request).get("ticket"))}, 201)

    @app.post("/pass/spots", name="pass_spots")
    async def spots(request: Request) -> HTTPResponse:
        body = given(request)
        place = (number(body, "longitude", -180, 180), number(body, "latitude", -90, 90))
        rows = [
            {"mark": mark, "name": name, "address": address, "metres": distance(place, (lon, lat))}
            for mark, name, address, lon, lat in SPOTS
        ]
        return told({"spots": sorted(rows, key=lambda row: row["metres"])})

    @app.get("/pass/card", name="pass_card")
    async def card(request: Request) -> HTTPResponse:
        return told(vars(card_of(request)))

    @app.post("/pass/cards", name="pass_issue")
    async def issue(request: Request) -> HTTPResponse:
        openid, photo = sessions.openid(request), picture(given(request), "photo")
        if openid in cards:
            raise Refused(409, "您已经有一张年卡")
        cards[openid] = Card(photo)
        return told(vars(cards[openid]), 201)

    @app.post("/pass/entries", name="pass_enter")
    async def enter(request: Request) -> HTTPResponse:
        return told(card_of(request).enter(words(given(request), "gate", 300)), 201)
