"""Judging a whole sealed file (验签): an OFD with its seals, or a PDF with its signature."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from app_server.kernel.ofd.errors import BadPackage
from app_server.kernel.ofd.reading import Package, open_package
from app_server.seals.providers import time_stamp
from app_server.seals.service import authorities, judging
from app_server.seals.service.judging import Verdict


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """What a file is (`ofd`, `pdf`, or empty), what is wrong with it, and each seal's judgement.

    `faults` are reason codes of `judging.REASONS`, besides `unsigned` and `unreadable`.
    """

    kind: str
    faults: tuple[str, ...]
    seals: tuple[Verdict, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether the file is sealed and nothing is wrong with it."""
        return not self.faults


REASONS = judging.REASONS | {
    "unsigned": "文件没有电子签章",
    "unreadable": "文件无法读取，或不是 OFD、PDF 文件",
}


async def judge_file(data: bytes) -> FileVerdict:
    """Judge a file that somebody brought; never raises for bad bytes."""
    if data.startswith(b"%PDF-"):
        told = await judging.judge_pdf(data)
        return FileVerdict("pdf", told.reasons, (told,))
    try:
        package = await asyncio.to_thread(open_package, data)
        return await _judge_ofd(package)
    except BadPackage:
        return FileVerdict("", ("unreadable",))


def is_unaltered_ofd(data: bytes) -> bool:
    """Whether an OFD is sealed and as it was sealed; needs neither database nor trust list."""
    try:
        signatures = open_package(data).signatures()
    except BadPackage:
        return False
    return bool(signatures) and all(
        not one.check()
        and judging.unaltered(one.signed_value, one.signature_xml, one.property_info)
        for one in signatures
    )


async def time_stamped(data: bytes) -> bytes:
    """A time stamp (RFC 3161) over data; raises `TimeStampUnavailable`."""
    return await time_stamp.stamp(data)


def stamped_at(token: bytes, data: bytes, root: bytes) -> datetime | None:
    """When data were stamped, under the given root (DER or PEM); None where the token is bad."""
    found = time_stamp.read_token(token, data, authorities.readable(root))
    return found.at if found else None


async def _judge_ofd(package: Package) -> FileVerdict:
    signatures = await asyncio.to_thread(package.signatures)
    faults = [] if signatures else ["unsigned"]
    told = []
    for one in signatures:
        if await asyncio.to_thread(one.check):
            faults.append("content")
        told.append(await judging.judge(one.signed_value, one.signature_xml, one.property_info))
        faults += told[-1].reasons
    return FileVerdict("ofd", tuple(dict.fromkeys(faults)), tuple(told))
