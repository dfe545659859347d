"""Plates, the ladder, limits and how long what is kept (R-MOV-01, R-MOV-02, R-MOV-03)."""

import re
import unicodedata
from datetime import timedelta
from types import MappingProxyType

from app_server.move_car.errors import BadPlate

# GA 36-2018: a province, an office, a serial without I and O. New energy (§ 5.7): small cars
# bear a letter first, large ones last; D A B C E are electric, F G H J K are not only so.
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_SIGN = "[0-9A-HJ-NP-Z]"
_PLATE = re.compile(
    f"[{_PROVINCES}][A-HJ-NP-Z]"
    f"(?:{_SIGN}{{5}}"
    f"|[A-HJK]{_SIGN}[0-9]{{4}}"
    "|[0-9]{5}[A-HJK]"
    f"|{_SIGN}{{4}}[学警挂])"
    f"|粤Z{_SIGN}{{4}}[港澳]"
)
_ANHUI = MappingProxyType(
    {
        "A": "340100",
        "B": "340200",
        "C": "340300",
        "D": "340400",
        "E": "340500",
        "F": "340600",
        "G": "340700",
        "H": "340800",
        "J": "341000",
        "K": "341200",
        "L": "341300",
        "M": "341100",
        "N": "341500",
        "P": "341800",
        "R": "341700",
        "S": "341600",
    }
)


def plate_of(text: str) -> str:
    """A plate as it is written on the car, without dot and spaces; raises `BadPlate`."""
    plain = unicodedata.normalize("NFKC", text).upper()
    plate = re.sub(r"[\s·・•.\-]", "", plain)
    if not _PLATE.fullmatch(plate):
        raise BadPlate
    return plate


def tail_of(plate: str) -> str:
    """What a stranger may see of a plate that stands before him anyway: the last two signs."""
    return "•" * (len(plate) - 2) + plate[-2:]


def region_of(plate: str) -> str:
    """The city that gave an Anhui plate; the province for plates from elsewhere."""
    return _ANHUI.get(plate[1], "340000") if plate[0] == "皖" else "340000"


REASONS = MappingProxyType(
    {
        "blocked_way": "挡住通道",
        "taken_space": "占用车位",
        "open_window": "车窗未关",
        "other": "其他",
    }
)
ANSWERS = MappingProxyType({"coming": "马上到", "five_minutes": "五分钟", "cannot": "不方便"})
STATES = MappingProxyType(
    {
        "waiting": "已通知车主，等待答复",
        "answered": "车主已答复",
        "handed_over": "请联系交警处理",
        "moved": "车辆已挪走",
        "ended": "请求已结束",
    }
)
OPEN = ("waiting", "answered")
HAND_OVER = (
    "车主暂未答复。请拨打交警电话 122，或通过“交管 12123”的“一键挪车”反映，由交警依法联系车主。"
)
LINES_BUSY = "匿名通话线路繁忙，暂时无法接通。"

# One step after the other; each waits for an answer before the next.
STEPS = ("message", "sms", "call", "handed_over")
WAITS = MappingProxyType(
    {
        "sms": timedelta(minutes=1),
        "call": timedelta(minutes=2),
        "handed_over": timedelta(minutes=12),
    }
)
# Reference §8: a number pair lives ten minutes at most.
CALL_LIFE = timedelta(minutes=10)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CALLER_AN_HOUR, CALLER_A_DAY, PLATE_AN_HOUR = 3, 10, 5

NUMBERS_KEPT = timedelta(days=30)
RECORDS_KEPT = timedelta(days=180)

REPORT_AGE_S = 300
MAX_REPORT = 64 * 1024
MAX_CALLS = 50
