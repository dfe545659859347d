"""芜湖停车's back end: car parks nearby, a stay on a bay, what it costs, and its end.

模拟后台: car parks and bays are made up; nobody pays anything.
"""

import math
import re
import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sanic import HTTPResponse, Request, Sanic

from miniapps.simulators.city_sessions import Refused, Sessions, given, number, told, words
from miniapps.simulators.platform_calls import SHANGHAI, by_croods

APPID = "ah340200parking"
# Places on Baidu's grid, which is what croods gives; bays of each begin with its mark.
PARKS = (
    ("JH", "镜湖广场停车场", "镜湖区北京中路", 118.3855, 31.3412, 120),
    ("BX", "步行街地下停车场", "镜湖区中山路", 118.3792, 31.3398, 260),
    ("FT", "方特旅游区停车场", "鸠江区赤铸山东路", 118.4471, 31.3986, 900),
    ("YJ", "弋江路路侧停车", "弋江区弋江路", 118.3920, 31.3085, 48),
    ("GT", "芜湖站西广场停车场", "镜湖区站前路", 118.3989, 31.3626, 340),
)
PLATE = re.compile(r"[\u4e00-\u9fff][A-Z][A-Z0-9]{5,6}")
BAY = re.compile(r"WH-(JH|BX|FT|YJ|GT)-([A-D][0-9]{3})")
HOUR_FEN, MOST_FEN = 300, 2000
METRES = 6_371_000


@dataclass
class Stay:
    """A car on a bay: under way, or over with what is owed for it."""

    plate: str
    bay: str
    park: str
    began: float
    number: str = field(default_factory=lambda: f"WH{secrets.randbelow(10**8):08d}")
    fen: int = 0
    state: str = "parked"


def distance(a: tuple[float, float], b: tuple[float, float]) -> int:
    """Metres between two places (longitude, latitude) as a crow flies."""
    (x, y), (u, v) = ((math.radians(lon), math.radians(lat)) for lon, lat in (a, b))
    h = math.sin((v - y) / 2) ** 2 + math.cos(y) * math.cos(v) * math.sin((u - x) / 2) ** 2
    return round(2 * METRES * math.asin(math.sqrt(h)))


def fee(minutes: float) -> int:
    """Three yuan for each hour begun, twenty a day."""
    return min(MOST_FEN, HOUR_FEN * max(1, math.ceil(minutes / 60)))


def nearest(place: tuple[float, float]) -> list[dict[str, Any]]:
    """The three nearest car parks."""
    rows: list[dict[str, Any]] = [
        {
            "name": name,
            "address": address,
            "metres": distance(place, (lon, lat)),
            "bays": bays,
            "free": bays - (len(name) * 17 + bays) % bays // 2,
            "bay": f"WH-{mark}-A012",
        }
        for mark, name, address, lon, lat, bays in PARKS
    ]
    return sorted(rows, key=lambda row: row["metres"])[:3]


@dataclass
class Street:
    """Stays by person; one at a time."""

    stays: dict[str, list[Stay]] = field(default_factory=dict)

    def now(self, openid: str) -> Stay:
        """The stay under way; raises `Refused`."""
        found = [s for s in self.stays.get(openid, []) if s.state == "parked"]
        if not found:
            raise Refused(404, "现在没有在停的车")
        return found[0]

    def begin(self, openid: str, plate: str, bay: str) -> Stay:
        """Start a stay; raises `Refused` for a bad plate or bay, or one in use."""
        where = BAY.search(bay)
        if not PLATE.fullmatch(plate):
            raise Refused(422, "车牌号不正确，例如：皖B12345")
        if where is None:
            raise Refused(422, "没有这个泊位，请扫泊位牌上的二维码")
        under_way = [s for own in self.stays.values() for s in own if s.state == "parked"]
        if any(s.plate == plate for s in under_way):
            raise Refused(409, "这辆车正在停放")
        if any(s.bay == where[0] for s in under_way):
            raise Refused(409, "这个泊位已有车辆")
        name = next(name for mark, name, *_ in PARKS if mark == where[1])
        stay = Stay(plate, where[0], name, time.time())
        self.stays.setdefault(openid, []).insert(0, stay)
        return stay


def _shown(stay: Stay) -> dict[str, Any]:
    minutes = (time.time() - stay.began) / 60
    return {
        "number": stay.number,
        "plate": stay.plate,
        "bay": stay.bay,
        "park": stay.park,
        "since": datetime.fromtimestamp(stay.began, SHANGHAI).strftime("%m月%d日 %H:%M"),
        "minutes": int(minutes),
        "fen": stay.fen or fee(minutes),
        "state": stay.state,
    }


def add_routes(app: "Sanic[Any, Any]") -> None:
    """What the driver's page asks."""
    street, sessions = Street(), Sessions(APPID, by_croods)

    @app.post("/parking/sessions", name="parking_sign_in")
    async def sign_in(request: Request) -> HTTPResponse:
        return told({"session": await sessions.begin(given(request).get("token"))}, 201)

    @app.post("/parking/parks", name="parking_parks")
    async def parks(request: Request) -> HTTPResponse:
        body = given(request)
        place = (number(body, "longitude", -180, 180), number(body, "latitude", -90, 90))
        return told({"parks": nearest(place)})

    @app.get("/parking/stays", name="parking_stays")
    async def stays(request: Request) -> HTTPResponse:
        own = street.stays.get(sessions.openid(request), [])
        return told({"stays": [_shown(s) for s in own[:10]]})

    @app.post("/parking/stays", name="parking_begin")
    async def begin(request: Request) -> HTTPResponse:
        openid, body = sessions.openid(request), given(request)
        plate = words(body, "plate", 10).upper()
        return told(_shown(street.begin(openid, plate, words(body, "bay", 200))), 201)

    @app.post("/parking/stays/end", name="parking_end")
    async def end(request: Request) -> HTTPResponse:
        stay = street.now(sessions.openid(request))
        stay.fen, stay.state = fee((time.time() - stay.began) / 60), "settled"
        return told(_shown(stay))
