"""Commands and queries of notify."""

from notify.providers.wechat_callback import Callback, PushQuery, SubscribeFact
from notify.service.callbacks import (
    forget_nonces,
    official_echo,
    take_mini_program,
    take_official,
)
from notify.service.carriers import health
from notify.service.carrying import ask, carry, receipt
from notify.service.chain import DEADLINE, RELEASE, overdue, released
from notify.service.codes import send_code
from notify.service.devices import VendorPush, add_device, drop_device, push_by, push_key
from notify.service.followers import learn_union
from notify.service.live import live, tell_live
from notify.service.messages import (
    Inbox,
    inbox,
    mark_read,
    send,
    send_if_person,
    send_to_phone,
)
from notify.service.preferences import prefer, preference, quiet_of
from notify.service.quota import count_consent, forget_facts, left
from notify.service.receipts import take_sms_receipts
from notify.service.templates import (
    Template,
    add_department_template,
    draft,
    pinned,
    preview,
    publish,
    register_known,
    templates,
    versions,
)

__all__ = [
    "DEADLINE",
    "RELEASE",
    "Callback",
    "Inbox",
    "PushQuery",
    "SubscribeFact",
    "Template",
    "VendorPush",
    "add_department_template",
    "add_device",
    "ask",
    "carry",
    "count_consent",
    "draft",
    "drop_device",
    "forget_facts",
    "forget_nonces",
    "health",
    "inbox",
    "learn_union",
    "left",
    "live",
    "mark_read",
    "official_echo",
    "overdue",
    "pinned",
    "prefer",
    "preference",
    "preview",
    "publish",
    "push_by",
    "push_key",
    "quiet_of",
    "receipt",
    "register_known",
    "released",
    "send",
    "send_code",
    "send_if_person",
    "send_to_phone",
    "take_mini_program",
    "take_official",
    "take_sms_receipts",
    "tell_live",
    "templates",
    "versions",
]
