"""The national code of an investment project: 24 signs, two generations (R-PAR-07).

GB/T 40058-2021 (in force here since the end of 2020): YYMM-division-department-type-five random
digits and a check digit. Its check digit's method is not in the public text, so the platform that
gave the code is asked, not we. Before it (2015–2020): year-division-industry-type-serial number.
"""

import re

_NOW = re.compile(r"(2[0-9](?:0[1-9]|1[0-2]))-(\d{6})-(\d{2})-(0[1-9])-(\d{6})", re.ASCII)
_BEFORE = re.compile(r"(201[5-9]|2020)-(\d{6})-(\d{2})-(0[1-3])-(\d{6})", re.ASCII)
PROVINCE = "34"


def project_code_fault(code: str) -> str:
    """What is wrong with a project code, as a sentence; empty when it may be used."""
    found = _NOW.fullmatch(code) or _BEFORE.fullmatch(code)
    if found is None:
        return "项目代码应为 24 位，形如 2603-340100-04-01-123456"
    if not found[2].startswith(PROVINCE):
        return "项目代码的地区不在本省"
    return ""
