"""The libraries of organisations in the simulated exchange (模拟单位库).

Market, establishment and civil affairs, organisation codes, and the tax office's accounts.
"""

import hashlib
from typing import Any

Record = dict[str, Any]

# Which library holds which registering authority's organisations (first digit, GB 32100).
LIBRARIES = {"market": "9", "establishment": "1", "civil_affairs": "5"}


def _holds(library: str, record: Record) -> bool:
    return str(record["credit_code"]).startswith(LIBRARIES.get(library, "-"))


def registered(library: str, record: Record | None, subject: Record) -> Record:
    """Whether number, name, old number and representative stand together."""
    if record is None or not _holds(library, record):
        return {"matched": False}
    representative = record["representative"]
    asked_old = subject.get("registration_no", "")
    return {
        "matched": record["standing"] == "in_being"
        and record["name"] == subject.get("name")
        and asked_old in {"", record["registration_no"]}
        and representative["name"] == subject.get("representative_name")
        and representative["id_number"] == subject.get("representative_id_number")
    }


def in_being(library: str, record: Record | None) -> Record:
    """Whether it still stands."""
    held = record is not None and _holds(library, record)
    return {"in_being": bool(held and record and record["standing"] == "in_being")}


def tax_account(record: Record | None, subject: Record) -> Record:
    """Whether the account and its password's digest are the taxpayer's."""
    tax = (record or {}).get("tax")
    if record is None or tax is None:
        return {"matched": False}
    digest = hashlib.sha256(f"{record['credit_code']}:{tax['password']}".encode()).hexdigest()
    return {"matched": (tax["account"], digest) == (subject["account"], subject["password_digest"])}


def answer(service: str, subject: Record, held: dict[str, Record]) -> Record | None:
    """What a library of organisations answers; None for a service it does not offer."""
    library, _, question = service.partition(".")
    if library in LIBRARIES and question in {"registered", "in_being"}:
        record = held.get(subject["credit_code"])
        if question == "in_being":
            return in_being(library, record)
        return registered(library, record, subject)
    if service == "organisation_code.name":
        names = {code[8:17]: record["name"] for code, record in held.items()}
        return {"matched": names.get(subject["code"]) == subject["name"]}
    if service == "tax.account":
        return tax_account(held.get(subject["credit_code"]), subject)
    return None
