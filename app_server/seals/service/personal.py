"""电子云签: a person signs a document on the phone; the key lives for this one signature only.

Whoever proved the third tier for exactly this document (the caller sees to that) gets a key, an
event certificate with the person's name, a personal seal, a time stamp, and the key is destroyed.
What is kept is that it happened, for which item, and the digest (R-LIC-13).
"""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from app_server.kernel import audit, clock, db
from app_server.kernel.certificates.building import Subject
from app_server.kernel.crypto import sm3
from app_server.kernel.ids import uuid7
from app_server.kernel.ofd.signatures import Stamp
from app_server.kernel.ofd.signing import finish, prepare
from app_server.kernel.ofd.typesetting import wrap
from app_server.kernel.ofd.writing import Sheet, Text, write
from app_server.kernel.principal import Principal
from app_server.seals.models import PersonalSignature
from app_server.seals.providers import time_stamp
from app_server.seals.providers.keystore import key, keystore, new_key
from app_server.seals.rules import ses
from app_server.seals.service import authorities, impression

PROVIDER = "wanshi.seals"
# Long enough for clocks that differ; the key is gone long before.
EVENT_LIFE = timedelta(hours=24)
STAMP_SIDE = 22
_WIDTH, _HEIGHT, _MARGIN, _SIZE, _LINE = 210.0, 297.0, 28.0, 4.9, 9.0


@dataclass(frozen=True, slots=True)
class PersonalDocument:
    """What a person signs: a title and paragraphs; `about` is what it belongs to, `item` counts."""

    title: str
    paragraphs: tuple[str, ...]
    about: str
    item: str

    @property
    def digest(self) -> str:
        """SM3 over title and paragraphs: what the proof of the third tier must cover."""
        return sm3("\n".join((self.title, *self.paragraphs)).encode()).hex()


@dataclass(frozen=True, slots=True)
class PersonallySigned:
    """The signed OFD, and the record of it."""

    id: UUID
    file: bytes
    signed_at: datetime


async def sign_for_person(
    principal: Principal, name: str, document: PersonalDocument
) -> PersonallySigned:
    """Sign a document in a person's name; call outside a unit of work.

    Raises `NoUsableSeal` (no authority), `TimeStampUnavailable`: nothing is kept then.
    """
    signature_id, now = uuid7(), clock.now()
    maker = await authorities.own_authority("sm2")
    own = await asyncio.to_thread(new_key, "sm2")
    issued = await authorities.sign_certificate(
        maker, Subject(name, number=str(signature_id)), own.point, "event", EVENT_LIFE
    )
    picture = await asyncio.to_thread(impression.draw_personal, name)
    facts = ses.SealFacts(
        seal_id=str(signature_id),
        kind=ses.PERSONAL_SEAL,
        name=name,
        signers=frozenset({sm3(issued.der)}),
        created=now.replace(microsecond=0),
        valid_from=now.replace(microsecond=0),
        valid_to=issued.not_after.replace(microsecond=0),
        picture=ses.Picture(picture, STAMP_SIDE, STAMP_SIDE),
    )
    info = ses.seal_info(facts, [issued.der])
    made = await asyncio.to_thread(key(maker.maker_key, "sm2").sign, info)
    seal = ses.seal(info, bytes(maker.maker_certificate or b""), made)
    try:
        file, digest = await _signed(signature_id, name, document, seal, own, issued.der, now)
    finally:
        await asyncio.to_thread(keystore().destroy, own.handle)
    async with db.unit_of_work():
        await authorities.keep(issued, f"person:{principal.subject}")
        await PersonalSignature.create(
            id=signature_id,
            person_id=principal.subject,
            item=document.item,
            about=document.about,
            content_digest=document.digest,
            digest=digest,
            signed_at=now,
        )
        audit.record(
            principal, "seals.signed_personally", document.about, owner=principal.subject,
            purpose=document.title,
        )  # fmt: skip
    return PersonallySigned(signature_id, file, now)


async def _signed(
    signature_id: UUID,
    name: str,
    document: PersonalDocument,
    seal: bytes,
    own: Any,
    certificate: bytes,
    now: datetime,
) -> tuple[bytes, str]:
    sheets, place = await asyncio.to_thread(_sheets, document, name, clock.local(now).date())
    package = await asyncio.to_thread(
        write, sheets, title=document.title, author=name, created_at=now, doc_id=signature_id
    )
    ready = await asyncio.to_thread(
        prepare, package, provider=PROVIDER, stamps=[place], signed_at=now, seal_esl=seal
    )
    listed = sm3(ready.signature_xml)
    to_sign = ses.to_be_signed(seal, now, listed, ready.property_info)
    value = await asyncio.to_thread(own.sign, to_sign)
    whole = ses.signed_value(to_sign, certificate, value, await time_stamp.stamp(value))
    return await asyncio.to_thread(finish, ready, whole), sm3(whole).hex()


def _sheets(document: PersonalDocument, name: str, day: date) -> tuple[list[Sheet], Stamp]:
    """The document in type, as many sheets as it takes, and where the personal seal stands."""
    width = _WIDTH - 2 * _MARGIN
    lines = [line for one in document.paragraphs for line in wrap(f"　　{one}", _SIZE, width)]
    pages: list[list[Text]] = [[Text(_WIDTH / 2, 42, document.title, 7.0, align="centre")]]
    y = 58.0
    for line in lines:
        if y > _HEIGHT - 60:
            pages.append([])
            y = 34.0
        pages[-1].append(Text(_MARGIN, y, line, _SIZE))
        y += _LINE
    right = _WIDTH - _MARGIN
    pages[-1] += [
        Text(right, y + 16, f"签署人：{name}", _SIZE, align="right"),
        Text(right, y + 26, f"{day.year}年{day.month}月{day.day}日", _SIZE, align="right"),
    ]
    place = Stamp(len(pages) - 1, right - STAMP_SIDE - 6, y + 4, STAMP_SIDE, STAMP_SIDE)
    return [Sheet(tuple(page), _WIDTH, _HEIGHT) for page in pages], place


async def signatures_by_item(start: date, end: date) -> dict[str, int]:
    """How often people signed for each item in these days, both included (China's days)."""
    rows = await db.rows(
        "SELECT item, count(*) AS n FROM seals_personal_signature "
        "WHERE (signed_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN $1 AND $2 "
        "GROUP BY item ORDER BY n DESC, item",
        start,
        end,
    )
    return {row["item"]: row["n"] for row in rows}
