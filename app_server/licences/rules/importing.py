"""What an imported licence is compared with, and what became of it (R-LIC-09)."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from app_server.licences.rules.identifier import holds, parts_of

IMPORT_NAMES = MappingProxyType({"mismatch": "待核对", "matched": "已入库", "dropped": "已作废"})
IMPORT_EDGES = MappingProxyType(
    {
        "mismatch": frozenset({"matched", "dropped"}),
        "matched": frozenset[str](),
        "dropped": frozenset[str](),
    }
)
MOST_ROWS = 100
# What is compared with a licence that is here already, and what people call it.
COMPARED = MappingProxyType(
    {
        "holder_name": "持有人姓名或名称",
        "holder_number": "持有人证件号码",
        "type_code": "证照类型",
        "issuer_code": "颁发机构",
        "issued_on": "颁发日期",
        "expires_on": "有效期截止日期",
        "content": "证照内容",
    }
)
Finding = dict[str, str]


def finding(field: str, message: str) -> Finding:
    """One thing that does not fit; never what the other side says, which is personal data."""
    return {"field": field, "message": message}


def differences(theirs: Mapping[str, Any], ours: Mapping[str, Any], against: str) -> list[Finding]:
    """Which compared facts differ from those here."""
    return [
        finding(name, f"“{called}”与{against}不一致")
        for name, called in COMPARED.items()
        if theirs[name] != ours[name]
    ]


def own_findings(row: Mapping[str, Any], today: date) -> list[Finding]:
    """What is wrong with a row by itself: its number and its days."""
    found = []
    number = row["identifier"]
    if number and not holds(number):
        found.append(finding("identifier", "证照标识校验不通过"))
    elif number:
        parts = parts_of(number)
        if parts.type_code != row["type_code"]:
            found.append(finding("identifier", "证照标识与证照类型不一致"))
        if parts.issuer != row["issuer_code"]:
            found.append(finding("identifier", "证照标识与颁发机构不一致"))
    if row["issued_on"] > today:
        found.append(finding("issued_on", "颁发日期晚于今天"))
    if row["expires_on"] is not None and row["expires_on"] < row["issued_on"]:
        found.append(finding("expires_on", "有效期截止日期早于颁发日期"))
    return found
