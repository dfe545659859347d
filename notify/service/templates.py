"""Templates: what the program says, registered as versions; what two people changed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

import orjson

from app_server.kernel import audit, clock, db
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from notify.errors import NoSuchTemplate, NotADraft, OwnDraft
from notify.models import TemplateVersion
from notify.rules import checked_sample, checked_variants, placeholders
from notify.rules.wording import Variant, filled

Kind = Literal["text", "number", "date"]
KNOWN: dict[str, "Template"] = {}
_registered: set[str] = set()


@dataclass(frozen=True, slots=True)
class Template:
    """Words with `{names}` in them (none in the title); `sms` is left out where inbox is enough.

    `urgent` words go out in quiet hours too. After `deadline_s` without a proof of arrival the
    next channel is tried; 0 waits for a definite failure. `kinds` types parameters (text if not).
    """

    code: str
    title: str
    body: str
    sms: str | None = None
    urgent: bool = False
    deadline_s: int = 0
    kinds: Mapping[str, Kind] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Be known to the desk; words that a mini-app brings are registered as they are used."""
        if not self.code.startswith("miniapp."):
            KNOWN.setdefault(self.code, self)

    @property
    def variants(self) -> dict[str, Variant]:
        """The words by channel."""
        told: dict[str, Variant] = {"title": self.title, "inbox": self.body}
        return told if self.sms is None else told | {"sms": self.sms}

    @property
    def params(self) -> dict[str, str]:
        """The parameters and their types."""
        names = placeholders(self.body) | placeholders(self.sms or "")
        return {name: self.kinds.get(name, "text") for name in sorted(names)}


def _digest(variants: Mapping[str, Variant], params: Mapping[str, str]) -> str:
    whole = orjson.dumps([dict(variants), dict(params)], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(whole).hexdigest()


async def _newest(code: str) -> TemplateVersion | None:
    return await TemplateVersion.filter(code=code, state="published").order_by("-version").first()


async def _add(
    code: str, variants: dict[str, Variant], params: dict[str, str], **more: Any
) -> TemplateVersion:
    await db.lock(f"notify.template:{code}")
    last = await TemplateVersion.filter(code=code).order_by("-version").first()
    return await TemplateVersion.create(
        id=uuid7(),
        code=code,
        version=last.version + 1 if last else 1,
        variants=variants,
        params=params,
        digest=_digest(variants, params),
        created_at=clock.now(),
        **more,
    )


async def pinned(template: Template) -> TemplateVersion:
    """The version of its words that counts now, registered at first use.

    New words of the program replace what staff wrote about the old ones: the parameters may be
    others now.
    """
    key = f"{template.code}:{_digest(template.variants, template.params)}"
    found = await _newest(template.code)
    if found is not None and key in _registered:
        return found
    async with db.unit_of_work():
        await db.lock(f"notify.template:{template.code}")
        digest = key.rpartition(":")[2]
        if not await TemplateVersion.filter(
            code=template.code, digest=digest, origin="code"
        ).exists():
            await _add(
                template.code,
                template.variants,
                template.params,
                origin="code",
                state="published",
                published_at=clock.now(),
            )
        found = await _newest(template.code)
    _registered.add(key)
    if found is None:
        raise NoSuchTemplate
    return found


async def register_known() -> None:
    """Register every template of the program, so that the desk sees those not used yet."""
    for template in list(KNOWN.values()):
        await pinned(template)


async def templates(service_id: UUID | None = None) -> list[TemplateVersion]:
    """The newest version of each template that counts now, of the program or of a department."""
    query = TemplateVersion.filter(state="published", service_id=service_id)
    newest: dict[str, TemplateVersion] = {}
    for row in await query.order_by("code", "version"):
        newest[row.code] = row
    return list(newest.values())


async def versions(code: str) -> list[TemplateVersion]:
    """All versions of a template, newest first; raises `NoSuchTemplate`."""
    found = await TemplateVersion.filter(code=code).order_by("-version")
    if not found:
        raise NoSuchTemplate
    return found


async def draft(by: Principal, code: str, variants: dict[str, Variant]) -> TemplateVersion:
    """Write new words for a template; `NoSuchTemplate`, `InvalidInput` by channel."""
    now = (await versions(code))[0]
    checked_variants(variants, now.params)
    async with db.unit_of_work():
        row = await _add(
            code,
            variants,
            now.params,
            origin="staff",
            state="draft",
            author=by.subject,
            service_id=now.service_id,
        )
        audit.record(by, "notify.template_drafted", f"template:{code}", version=row.version)
    return row


async def publish(by: Principal, code: str, version: int) -> None:
    """Let a draft count, by another person than its author.

    Raises `NoSuchTemplate`, `OwnDraft`, `NotADraft`.
    """
    async with db.unit_of_work():
        row = await TemplateVersion.get_or_none(code=code, version=version)
        if row is None:
            raise NoSuchTemplate
        if row.author == by.subject:
            raise OwnDraft
        newest = await _newest(code)
        if newest is not None and newest.version > version:
            raise NotADraft
        moved = await db.execute(
            "UPDATE notify_template SET state='published', publisher=$2, published_at=$3 "
            "WHERE id=$1 AND state='draft'",
            row.id,
            by.subject,
            clock.now(),
        )
        if not moved:
            raise NotADraft
        audit.record(by, "notify.template_published", f"template:{code}", version=version)


async def preview(code: str, version: int, sample: dict[str, str]) -> dict[str, Variant]:
    """The words with sample parameters; raises `NoSuchTemplate`, `InvalidInput`."""
    row = await TemplateVersion.get_or_none(code=code, version=version)
    if row is None:
        raise NoSuchTemplate
    checked_sample(row.params, sample)
    return {
        channel: words if channel == "title" else filled(words, sample)
        for channel, words in row.variants.items()
    }


async def add_department_template(
    by: Principal, service_id: UUID, name: str, body: str
) -> TemplateVersion:
    """A department's SMS template: a draft until another person publishes it.

    Raises `InvalidInput`. Its parameters are those the text names.
    """
    try:
        params = dict.fromkeys(sorted(placeholders(body)), "text")
    except ValueError:
        params = {}
    variants: dict[str, Variant] = {"title": name, "inbox": body, "sms": body}
    checked_variants(variants, params)
    async with db.unit_of_work():
        code = f"department.{uuid7()}"
        row = await _add(
            code,
            variants,
            params,
            origin="staff",
            state="draft",
            author=by.subject,
            service_id=service_id,
        )
        audit.record(by, "notify.template_drafted", f"template:{code}", version=row.version)
    return row
