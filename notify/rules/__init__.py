"""Pure rules of messages."""

from notify.rules.chain import (
    EDGES,
    OUTSIDE,
    Quiet,
    after_failure,
    after_success,
    chosen,
    drifted,
    not_before,
)
from notify.rules.sms import SMS_FEN, checked_phone, masked, sms_parts
from notify.rules.wording import (
    checked_sample,
    checked_variants,
    code_words,
    placeholders,
    words,
)

__all__ = [
    "EDGES",
    "OUTSIDE",
    "SMS_FEN",
    "Quiet",
    "after_failure",
    "after_success",
    "checked_phone",
    "checked_sample",
    "checked_variants",
    "chosen",
    "code_words",
    "drifted",
    "masked",
    "not_before",
    "placeholders",
    "sms_parts",
    "words",
]
