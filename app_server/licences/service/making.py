"""Making the files of a licence (制证): OFD and PDF, signed, judged, and only then kept.

A licence is 制证中 until every file verifies. The files follow from its content alone, so a worker
that lost its way makes them again.
"""

import asyncio
from io import BytesIO
from uuid import UUID

import orjson
import segno

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import sha256_hex
from app_server.kernel.ofd import printing, rendering
from app_server.kernel.ofd.reading import open_package
from app_server.kernel.ofd.signatures import Stamp
from app_server.kernel.ofd.signing import finish, prepare
from app_server.kernel.ofd.writing import Sheet, write
from app_server.kernel.principal import Principal
from app_server.kernel.storage import storage
from app_server.licences.errors import NoSuchFile, NoSuchLicence
from app_server.licences.models import Licence, LicenceFile, LicenceType
from app_server.licences.rules import face
from app_server.seals import service as seals

OFD, PDF = "ofd", "pdf"
MEDIA_TYPES = {OFD: "application/ofd", PDF: "application/pdf"}
PROVIDER = "wanshi.seals"
_PICTURE_DPI = 110


class FileUnsound(Exception):
    """A file that was made just now does not verify: it is not kept."""


async def make_files(licence_id: UUID) -> None:
    """Make the files that a licence still lacks; call outside a unit of work.

    Raises `TimeStampUnavailable`, `FileUnsound`.
    """
    licence = await Licence.get(id=licence_id)
    if licence.state != "making":
        return
    there = {row.kind for row in await LicenceFile.filter(licence_id=licence_id)}
    sheets = await _sheets(licence)
    for kind, make in ((OFD, _ofd), (PDF, _pdf)):
        if kind not in there:
            await _keep(licence, kind, await make(licence, sheets))


async def _sheets(licence: Licence) -> list[Sheet]:
    told = orjson.loads(licence.content)
    kind = await LicenceType.get_or_none(code=licence.type_code, version=licence.type_version)
    fields = kind.spec["directory"]["content"]["fields"] if kind else []
    code = BytesIO()
    segno.make(licence.identifier, error="m").save(code, kind="png", scale=6, border=1)
    names = {field["key"]: field["name"] for field in fields}
    until = licence.expires_on.isoformat() if licence.expires_on else "长期"
    shown = face.Face(
        title=licence.type_name,
        identifier=licence.identifier,
        rows=face.rows_of(
            licence.holder_name, licence.holder_number, told["content"], names, until
        ),
        issuer=licence.issuer_name,
        issued_on=licence.issued_on,
        code=code.getvalue(),
    )
    return await asyncio.to_thread(face.sheets, shown)


async def _ofd(licence: Licence, sheets: list[Sheet]) -> bytes:
    """The package with the content the seal signed attached, and the SM2 seal over all of it."""
    package = await asyncio.to_thread(
        write,
        sheets,
        title=licence.type_name,
        author=licence.issuer_name,
        created_at=licence.created_at,
        doc_id=licence.id,
    )
    seal, _ = await seals.stamp(licence.authorisation_id, licence.digest)
    stamp = Stamp(0, face.STAMP_X, face.STAMP_Y, face.STAMP_SIDE, face.STAMP_SIDE)
    ready = await asyncio.to_thread(
        prepare,
        package,
        provider=PROVIDER,
        stamps=[stamp],
        signed_at=licence.created_at,
        seal_esl=seal,
    )
    value = await seals.sign_ofd(
        licence.authorisation_id, licence.digest, ready.signature_xml, ready.property_info
    )
    done = await asyncio.to_thread(finish, ready, value)
    return await _judged(done)


async def _pdf(licence: Licence, sheets: list[Sheet]) -> bytes:
    plain = await asyncio.to_thread(
        printing.draw,
        sheets,
        title=licence.type_name,
        author=licence.issuer_name,
        made_at=licence.created_at,
    )
    place = seals.Place(0, face.STAMP_X, face.STAMP_Y, face.STAMP_SIDE, face.HEIGHT)
    done = await seals.sign_pdf(licence.authorisation_id, licence.digest, plain, place)
    return await _judged(done)


async def _judged(file: bytes) -> bytes:
    """The file, if it verifies now; raises `FileUnsound`."""
    told = await seals.judge_file(file)
    if not told.sound:
        raise FileUnsound(told.faults)
    return file


async def _keep(licence: Licence, kind: str, file: bytes) -> None:
    """Store a file and write it down; of two that were made at once the first one stays."""
    digest = sha256_hex(file)
    key = f"licences/{licence.id}/{digest}.{kind}"
    await storage().put(key, file, MEDIA_TYPES[kind])
    await db.execute(
        "INSERT INTO licences_file (id, licence_id, kind, object_key, digest, size, made_at) "
        "VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, $6) "
        "ON CONFLICT (licence_id, kind) DO NOTHING",
        licence.id,
        kind,
        key,
        digest,
        len(file),
        clock.now(),
    )


async def file(principal: Principal, licence_id: UUID, kind: str) -> tuple[bytes, str]:
    """A file of one of my licences and its media type; raises `NoSuchLicence`, `NoSuchFile`."""
    licence = await Licence.get_or_none(id=licence_id, holder_id=principal.subject)
    if licence is None:
        raise NoSuchLicence
    found = await LicenceFile.get_or_none(licence_id=licence_id, kind=kind)
    if found is None:
        raise NoSuchFile
    async with db.single_statement():
        audit.record(
            principal, "licences.downloaded", f"licence:{licence_id}", owner=licence.holder_id
        )
    return await storage().get(found.object_key), MEDIA_TYPES[kind]


async def files_of(licence_id: UUID) -> dict[str, bytes]:
    """The signed files of a licence by kind, for the archive of its case."""
    rows = await LicenceFile.filter(licence_id=licence_id)
    return {row.kind: await storage().get(row.object_key) for row in rows}


async def picture(principal: Principal, licence_id: UUID, purpose: str) -> bytes:
    """The licence's face as PNG with its purpose across it; raises like `file`."""
    licence = await Licence.get_or_none(id=licence_id, holder_id=principal.subject)
    found = await LicenceFile.get_or_none(licence_id=licence_id, kind=OFD)
    if licence is None:
        raise NoSuchLicence
    if found is None:
        raise NoSuchFile
    package = await asyncio.to_thread(open_package, await storage().get(found.object_key))
    _, seal = await seals.stamp(licence.authorisation_id, licence.digest)
    prints = {one.id: seal for one in package.signatures()}
    words = f"仅用于{purpose} {clock.today().isoformat()}"
    return await asyncio.to_thread(
        rendering.picture, package, 0, dpi=_PICTURE_DPI, seals=prints, watermark=words
    )
