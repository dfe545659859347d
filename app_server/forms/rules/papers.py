"""What a machine's reading of a paper is worth: advice for the applicant, never a decision.

The text lives only as long as the comparison; what leaves are codes and sentences without it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

# Below this the variance of the Laplacian says that no edge is sharp (at 1000 pixels width).
BLURRED = 60.0
SURE = 0.75  # mean confidence under which nobody should rely on the text
NUMBER = re.compile(r"[1-9][0-9]{16}[0-9X]")
DAY = re.compile(r"(20[0-9]{2})\s*[年./\-]\s*([01]?[0-9])\s*[月./\-]\s*([0-3]?[0-9])\s*日?")
RESHOOT = frozenset({"blurred", "unreadable"})

SENTENCES = {
    "blurred": "照片不清晰，建议重新拍摄",
    "unreadable": "没有读到文字，请确认拍到了整页材料",
    "name_absent": "没有读到申请人姓名，请核对是否本人的材料",
    "id_number_absent": "没有读到申请人的身份证号码",
    "id_number_differs": "材料上的身份证号码与申请人不一致，请核对",
    "signature_date_absent": "没有读到签署日期，请确认已经填写",
    "signature_date_future": "签署日期晚于今天，请核对",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What was seen on a paper: lines with their confidence, and how sharp the picture is."""

    lines: tuple[tuple[str, float], ...]
    sharpness: float


def findings(
    reading: Reading, wanted: Sequence[str], *, name: str, id_number: str, today: date
) -> list[str]:
    """The codes of what a person should look at again, in the order to tell them."""
    sure = [score for _, score in reading.lines]
    blurred = reading.sharpness < BLURRED or (bool(sure) and sum(sure) / len(sure) < SURE)
    found = ["blurred"] if "sharp" in wanted and blurred else []
    if not reading.lines:
        return [*found, "unreadable"]
    # Spaces inside a line are the machine's; a name or number does not run over two lines.
    lines = [re.sub(r"\s", "", text).upper() for text, _ in reading.lines]
    if "name" in wanted and not any(name.upper() in line for line in lines):
        found.append("name_absent")
    if "id_number" in wanted and (code := _number(lines, id_number.upper())):
        found.append(code)
    if "signature_date" in wanted and (code := _signed(lines, today)):
        found.append(code)
    return found


def _number(lines: Sequence[str], expected: str) -> str:
    if any(expected in line for line in lines):
        return ""
    other = any(NUMBER.search(line) for line in lines)
    return "id_number_differs" if other else "id_number_absent"


def _signed(lines: Sequence[str], today: date) -> str:
    days = [day for line in lines for match in DAY.finditer(line) if (day := _day(match))]
    if not days:
        return "signature_date_absent"
    # The signature stands last; earlier dates of a paper may be about anything.
    return "signature_date_future" if days[-1] > today else ""


def _day(match: re.Match[str]) -> date | None:
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
