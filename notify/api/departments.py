"""A Notify-shaped /v2 for departments: the official clients of GOV.UK Notify work against it."""

from typing import Any
from uuid import UUID

import orjson

from app_server.kernel.errors import Problem
from app_server.kernel.http import Call, RawReply, Refusals, endpoint, own_credentials
from app_server.kernel.ratelimit import Limit
from notify import service
from notify.errors import ChannelNotOffered
from notify.rules import masked
from notify.schemas import EmailAsked, ListQuery, PreviewAsked, SmsAsked, TemplatesQuery
from notify.service import departments

KEY = own_credentials("partner", "JWT of a department's Notify key")
SENDING = Limit("notify-v2", 3000, 60)
READING = Limit("notify-v2-reading", 6000, 60)
STATUSES = {
    "new": "created",
    "sent": "sending",
    "accepted": "sending",
    "unknown": "sending",
    "delivered": "delivered",
    "failed": "permanent-failure",
    "skipped": "permanent-failure",
}
ERRORS = {400: "BadRequestError", 401: "AuthError", 404: "NoResultFound", 422: "ValidationError"}


def _refused(problem: Problem) -> RawReply:
    # Clients know 400 and 403 here, where we say 422 and 401.
    status = {422: 400, 401: 403}.get(problem.status, problem.status)
    told = [f"{one['field']}：{one['message']}" for one in problem.facts.get("errors", [])]
    name = ERRORS.get(problem.status, "RequestError")
    text = "；".join(told) or problem.detail or problem.title
    return _json({"status_code": status, "errors": [{"error": name, "message": text}]}, status)


REFUSALS = Refusals(
    "Refusals in the shape of GOV.UK Notify.",
    "application/json",
    {
        "type": "object",
        "required": ["status_code", "errors"],
        "properties": {
            "status_code": {"type": "integer"},
            "errors": {"type": "array", "items": {"type": "object"}},
        },
    },
    _refused,
)


def _json(body: dict[str, Any], status: int = 200) -> RawReply:
    return RawReply(orjson.dumps(body), status=status, content_type="application/json")


async def _caller(call: Call) -> departments.Caller:
    return await departments.caller(call.headers.get("authorization", ""))


def _template_link(row: Any) -> dict[str, Any]:
    own = departments.template_id(row.code)
    return {
        "id": own,
        "version": row.version,
        "uri": f"/v2/template/{own}/version/{row.version}",
    }


@endpoint(
    "POST",
    "/v2/notifications/sms",
    guard=KEY,
    bare=True,
    status=201,
    limit=SENDING,
    refusals=REFUSALS,
)
async def send_sms(call: Call, body: SmsAsked) -> RawReply:
    """Send a short message."""
    by = await _caller(call)
    template = await departments.template_of(by, body.template_id)
    filled = {name: str(value) for name, value in body.personalisation.items()}
    row = await departments.send_sms_of(by, body.phone_number, template, filled, body.reference)
    return _json(
        {
            "id": str(row.id),
            "reference": row.reference or None,
            "content": {"body": row.content, "from_number": by.service.name},
            "uri": f"/v2/notifications/{row.id}",
            "template": _template_link(template),
            "scheduled_for": None,
        },
        201,
    )


@endpoint("POST", "/v2/notifications/email", guard=KEY, bare=True, limit=SENDING, refusals=REFUSALS)
async def send_email(call: Call, body: EmailAsked) -> RawReply:
    """Refuse e-mail: the channel is not offered."""
    del body
    await _caller(call)
    raise ChannelNotOffered("本平台不提供电子邮件渠道，请使用短信")


@endpoint("GET", "/v2/notifications/{id}", guard=KEY, bare=True, limit=READING, refusals=REFUSALS)
async def read(call: Call, id: UUID) -> RawReply:  # noqa: A002 - the path's own name
    """One notification."""
    return _json(_notification(await departments.notification(await _caller(call), id)))


@endpoint("GET", "/v2/notifications", guard=KEY, bare=True, limit=READING, refusals=REFUSALS)
async def read_many(call: Call, query: ListQuery) -> RawReply:
    """The caller's notifications, newest first."""
    by = await _caller(call)
    states = [ours for ours, theirs in STATUSES.items() if theirs == query.status]
    known = (not query.status or states) and query.template_type == "sms"
    found = (
        await departments.notifications(by, states, query.reference, query.older_than)
        if known
        else []
    )
    links = {"current": "/v2/notifications"}
    if found:
        links["next"] = f"/v2/notifications?older_than={found[-1].id}"
    return _json({"notifications": [_notification(row) for row in found], "links": links})


def _notification(row: Any) -> dict[str, Any]:
    over = row.state in {"delivered", "failed", "skipped"}
    own = departments.template_id(row.template)
    nothing = dict.fromkeys(
        [
            *("email_address", "subject", "created_by_name", "scheduled_for", "postage"),
            *(f"line_{n}" for n in range(1, 7)),
        ]
    )
    return nothing | {
        "id": str(row.id),
        "reference": row.reference or None,
        # Whoever sent it knows the number; what lies in their logs should not tell it again.
        "phone_number": masked(row.phone),
        "type": "sms",
        "status": STATUSES[row.state],
        "is_test": row.key_kind == "test",
        "template": {
            "id": own,
            "version": row.template_version,
            "uri": f"/v2/template/{own}/version/{row.template_version}",
        },
        "body": row.content,
        "created_at": row.created_at.isoformat(),
        "sent_at": row.moved_at.isoformat() if row.state != "new" else None,
        "completed_at": row.moved_at.isoformat() if over else None,
        "cost_in_pounds": None,
        "cost_fen": row.cost_fen,
    }


def _template(row: Any) -> dict[str, Any]:
    return {
        "id": departments.template_id(row.code),
        "name": row.variants["title"],
        "type": "sms",
        "created_at": row.created_at.isoformat(),
        "updated_at": row.published_at.isoformat() if row.published_at else None,
        "created_by": str(row.author),
        "version": row.version,
        "body": row.variants["sms"],
        "subject": None,
        "letter_contact_block": None,
        "personalisation": {name: {"required": True} for name in row.params},
        "postage": None,
    }


@endpoint("GET", "/v2/templates", guard=KEY, bare=True, limit=READING, refusals=REFUSALS)
async def list_templates(call: Call, query: TemplatesQuery) -> RawReply:
    """The caller's templates."""
    by = await _caller(call)
    found = await service.templates(by.service.id) if query.type == "sms" else []
    return _json({"templates": [_template(row) for row in found]})


@endpoint("GET", "/v2/template/{id}", guard=KEY, bare=True, limit=READING, refusals=REFUSALS)
async def read_template(call: Call, id: UUID) -> RawReply:  # noqa: A002 - the path's own name
    """A template as it counts now."""
    return _json(_template(await departments.template_of(await _caller(call), id)))


@endpoint(
    "GET",
    "/v2/template/{id}/version/{version}",
    guard=KEY,
    bare=True,
    limit=READING,
    refusals=REFUSALS,
)
async def read_version(call: Call, id: UUID, version: int) -> RawReply:  # noqa: A002 - as above
    """A template as it was."""
    return _json(_template(await departments.template_of(await _caller(call), id, version)))


@endpoint(
    "POST", "/v2/template/{id}/preview", guard=KEY, bare=True, limit=READING, refusals=REFUSALS
)
async def preview(call: Call, id: UUID, body: PreviewAsked) -> RawReply:  # noqa: A002 - as above
    """A template with sample parameters."""
    row = await departments.template_of(await _caller(call), id)
    filled = {name: str(value) for name, value in body.personalisation.items()}
    told = {"id": str(id), "type": "sms", "version": row.version, "subject": None, "html": None}
    return _json(told | {"body": departments.preview_of(row, filled), "postage": None})
