"""Shapes of notify's requests and replies."""

from notify.schemas.departments import (
    EmailAsked,
    ListQuery,
    PreviewAsked,
    SmsAsked,
    TemplatesQuery,
)
from notify.schemas.own import (
    InboxQuery,
    InboxView,
    MessageView,
    OfficialMarks,
    PreferenceShape,
    PushAsked,
    PushDropped,
    PushKeyView,
)

__all__ = [
    "EmailAsked",
    "InboxQuery",
    "InboxView",
    "ListQuery",
    "MessageView",
    "OfficialMarks",
    "PreferenceShape",
    "PreviewAsked",
    "PushAsked",
    "PushDropped",
    "PushKeyView",
    "SmsAsked",
    "TemplatesQuery",
]
