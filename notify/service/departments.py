"""Departments that send through /v2: their services, keys and notifications."""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import orjson

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import same
from app_server.kernel.errors import InvalidInput, NotFound
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from notify.errors import KeyRefused, NoSuchTemplate, TeamKeyOnly
from notify.models import Delivery, DepartmentKey, DepartmentService, TemplateVersion
from notify.rules import checked_phone, checked_sample, words
from notify.rules.wording import too_long_for_sms
from notify.service.chain import release

KeyKind = Literal["normal", "team", "test"]
SKEW_S = 30
PAGE = 250
DEPARTMENT = "department."


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose token it was, and of which kind of key."""

    service: DepartmentService
    kind: KeyKind


def _part(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _opened(token: str) -> tuple[dict[str, Any], bytes, str]:
    """Claims, signed bytes and signature of an HS256 token; raises `KeyRefused`."""
    try:
        head, body, mark = token.split(".")
        kind, claims = orjson.loads(_part(head)), orjson.loads(_part(body))
        _part(mark)
    except (ValueError, binascii.Error) as error:
        raise KeyRefused from error
    # One algorithm: `none`, or a public key taken as the secret, is refused before any look-up.
    if not isinstance(kind, dict) or not isinstance(claims, dict) or kind.get("alg") != "HS256":
        raise KeyRefused
    return claims, f"{head}.{body}".encode(), mark


async def caller(authorization: str) -> Caller:
    """Who sent this; raises `KeyRefused` for anything but a fresh token of a living key."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise KeyRefused
    claims, signed, mark = _opened(token.strip())
    at = claims.get("iat")
    if type(at) is not int or abs(clock.now().timestamp() - at) > SKEW_S:
        raise KeyRefused("令牌的签发时间与本平台相差超过 30 秒")
    try:
        service_id = UUID(str(claims.get("iss")))
    except ValueError as error:
        raise KeyRefused from error
    for key in await DepartmentKey.filter(service_id=service_id, revoked_at=None):
        digest = hmac.digest(str(key.secret).encode(), signed, hashlib.sha256)
        if same(base64.urlsafe_b64encode(digest).rstrip(b"=").decode(), mark):
            return Caller(await DepartmentService.get(id=service_id), key.kind)  # type: ignore[arg-type]
    raise KeyRefused


async def add_service(by: Principal, name: str, org: str) -> DepartmentService:
    """Register a department's service."""
    async with db.unit_of_work():
        row = await DepartmentService.create(
            id=uuid7(), name=name, org=org, team="[]", created_at=clock.now()
        )
        audit.record(by, "notify.service_added", f"service:{row.id}")
    return row


async def services() -> list[DepartmentService]:
    """All services, newest first."""
    return await DepartmentService.all().order_by("-id")


async def a_service(service_id: UUID) -> DepartmentService:
    """One service; raises `NotFound`."""
    row = await DepartmentService.get_or_none(id=service_id)
    if row is None:
        raise NotFound
    return row


async def set_team(by: Principal, service_id: UUID, phones: list[str]) -> None:
    """The phones a team key may reach; raises `NotFound`, `PhoneInvalid`."""
    await a_service(service_id)
    kept = orjson.dumps(sorted({checked_phone(phone) for phone in phones})).decode()
    async with db.unit_of_work():
        row = await a_service(service_id)
        row.team = kept
        await row.save(update_fields=["team"])
        audit.record(by, "notify.team_set", f"service:{service_id}", phones=len(phones))


async def add_key(by: Principal, service_id: UUID, kind: KeyKind, name: str) -> tuple[UUID, str]:
    """A new key; its text is told this once. Raises `NotFound`."""
    await a_service(service_id)
    secret = str(UUID(bytes=secrets.token_bytes(16), version=4))
    async with db.unit_of_work():
        row = await DepartmentKey.create(
            id=uuid7(),
            service_id=service_id,
            kind=kind,
            name=name,
            secret=secret,
            created_at=clock.now(),
            created_by=by.subject,
        )
        audit.record(by, "notify.key_added", f"service:{service_id}", kind=kind)
    return row.id, f"{kind}-{service_id}-{secret}"


async def keys(service_id: UUID) -> list[DepartmentKey]:
    """The keys of a service, newest first, revoked ones too."""
    await a_service(service_id)
    return await DepartmentKey.filter(service_id=service_id).order_by("-id")


async def revoke_key(by: Principal, service_id: UUID, key_id: UUID) -> None:
    """End a key at once; raises `NotFound`."""
    async with db.unit_of_work():
        ended = await DepartmentKey.filter(
            id=key_id, service_id=service_id, revoked_at=None
        ).update(revoked_at=clock.now())
        if not ended:
            raise NotFound
        audit.record(by, "notify.key_revoked", f"service:{service_id}", key=str(key_id))


async def template_of(by: Caller, template_id: UUID, version: int | None = None) -> TemplateVersion:
    """A published template of the caller's own; raises `NoSuchTemplate`."""
    query = TemplateVersion.filter(
        code=f"{DEPARTMENT}{template_id}", service_id=by.service.id, state="published"
    )
    if version is not None:
        query = query.filter(version=version)
    row = await query.order_by("-version").first()
    if row is None:
        raise NoSuchTemplate
    return row


def template_id(code: str) -> str:
    """What a department calls its template."""
    return code.removeprefix(DEPARTMENT)


def preview_of(row: TemplateVersion, personalisation: dict[str, str]) -> str:
    """The words; raises `InvalidInput` for wrong or missing parameters."""
    checked_sample(row.params, personalisation)
    return words(str(row.variants["sms"]), personalisation)


async def send_sms_of(
    by: Caller,
    phone: str,
    template: TemplateVersion,
    personalisation: dict[str, str],
    reference: str,
) -> Delivery:
    """Queue a department's short message; with a test key nothing leaves the building.

    Raises `PhoneInvalid`, `TeamKeyOnly`, `InvalidInput`.
    """
    number, text = checked_phone(phone), preview_of(template, personalisation)
    if too_long_for_sms(text):
        raise InvalidInput(errors=[{"field": "personalisation", "message": "短信过长"}])
    if by.kind == "team" and number not in orjson.loads(by.service.team):
        raise TeamKeyOnly
    async with db.unit_of_work():
        delivery_id, now = uuid7(), clock.now()
        row = await Delivery.create(
            id=delivery_id,
            phone=number,
            channel="sms",
            content=text,
            template=template.code,
            template_version=template.version,
            dedupe=f"v2:{delivery_id}",
            service_id=by.service.id,
            key_kind=by.kind,
            reference=reference,
            created_at=now,
            not_before=now,
            moved_at=now,
        )
        release(row, now)
    return row


async def notification(by: Caller, delivery_id: UUID) -> Delivery:
    """One of the caller's; raises `NotFound`. Test keys see what test keys sent, others theirs."""
    row = await Delivery.get_or_none(id=delivery_id, service_id=by.service.id, key_kind=by.kind)
    if row is None:
        raise NotFound
    return row


async def notifications(
    by: Caller, states: list[str], reference: str, before: UUID | None
) -> list[Delivery]:
    """The caller's, newest first."""
    query = Delivery.filter(service_id=by.service.id, key_kind=by.kind)
    if states:
        query = query.filter(state__in=states)
    if reference:
        query = query.filter(reference=reference)
    if before is not None:
        query = query.filter(id__lt=before)
    return await query.order_by("-id").limit(PAGE)
