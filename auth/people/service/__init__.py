"""Commands and queries of people."""

from auth.people.rules import (
    CODE,
    ETHNIC_GROUPS,
    ID_NUMBER,
    PHONE,
    RESEND_AFTER,
    checked_id_number,
    masked_name,
)
from auth.people.service.codes import CodeSender, check_code, consume_code, send_code, send_codes_by
from auth.people.service.consents import consent, grant_consent, needed_consent, withdraw_consent
from auth.people.service.persons import (
    NewPerson,
    PersonFacts,
    add_person,
    display_name,
    find_by_login,
    person,
    phone_taken,
)

__all__ = [
    "CODE",
    "ETHNIC_GROUPS",
    "ID_NUMBER",
    "PHONE",
    "RESEND_AFTER",
    "CodeSender",
    "NewPerson",
    "PersonFacts",
    "add_person",
    "check_code",
    "checked_id_number",
    "consent",
    "consume_code",
    "display_name",
    "find_by_login",
    "grant_consent",
    "masked_name",
    "needed_consent",
    "person",
    "phone_taken",
    "send_code",
    "send_codes_by",
    "withdraw_consent",
]
