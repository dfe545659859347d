"""What everybody may ask: is this file genuine, and which certificates were revoked."""

from uuid import UUID

from app_server.kernel.http import Call, RawReply, anyone, endpoint
from app_server.kernel.ratelimit import Limit
from app_server.seals import service
from app_server.seals.schemas import SealedBy, SealedFileView

CRL = "application/pkix-crl"
MAX_FILE = 10 * 1024 * 1024


@endpoint("GET", "/seal-authorities/{authority_id}/list.crl", guard=anyone(), reply_type=CRL)
async def revocation_list(call: Call, authority_id: UUID) -> RawReply:
    """The revocation list of one of our authorities (DER)."""
    del call
    return RawReply(await service.revocation_list(authority_id), CRL)


@endpoint(
    "POST",
    "/sealed-file-checks",
    guard=anyone(),
    raw=("application/ofd", "application/pdf", "application/octet-stream"),
    max_body=MAX_FILE,
    limit=Limit("sealed-file", 10, 60),
)
async def check_file(call: Call) -> SealedFileView:
    """Judge a sealed OFD or PDF; the file is not kept."""
    told = await service.judge_file(call.raw)
    return SealedFileView(
        sound=told.sound,
        kind=told.kind,
        faults=[service.REASONS[code] for code in told.faults],
        seals=[
            SealedBy(
                seal_name=one.seal_name,
                signer=one.signer,
                at=one.at,
                proven=one.proven,
                reasons=[service.REASONS[code] for code in one.reasons],
            )
            for one in told.seals
        ],
    )
