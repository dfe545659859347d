"""Commands and queries of notify."""

from notify.service.live import live, tell_live
from notify.service.messages import (
    Inbox,
    Template,
    inbox,
    mark_read,
    send,
    send_code,
    send_if_person,
    send_to_phone,
    sms_moved,
    sms_to_send,
)

__all__ = [
    "Inbox",
    "Template",
    "inbox",
    "live",
    "mark_read",
    "send",
    "send_code",
    "send_if_person",
    "send_to_phone",
    "sms_moved",
    "sms_to_send",
    "tell_live",
]
