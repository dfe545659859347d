"""The files of my licences, and their face as a picture with the purpose across it."""

from uuid import UUID

from app_server.kernel.http import Call, RawReply, endpoint, person
from app_server.kernel.ratelimit import Limit
from app_server.licences import service
from app_server.licences.schemas.wallet import PictureQuery


@endpoint(
    "GET",
    "/licences/{licence_id}/files/{kind}",
    guard=person(1),
    reply_type="application/octet-stream",
    limit=Limit("licence-file", 60, 60),
)
async def licence_file(call: Call, licence_id: UUID, kind: str) -> RawReply:
    """A signed file of one of my licences."""
    data, media_type = await service.file(call.principal, licence_id, kind)
    shown = {"content-disposition": f'attachment; filename="{licence_id}.{kind}"'}
    return RawReply(data, media_type, headers=shown)


@endpoint(
    "GET",
    "/licences/{licence_id}/picture",
    guard=person(1),
    reply_type="image/png",
    limit=Limit("licence-picture", 30, 60),
)
async def licence_picture(call: Call, licence_id: UUID, query: PictureQuery) -> RawReply:
    """The face of one of my licences, watermarked with its purpose."""
    return RawReply(await service.picture(call.principal, licence_id, query.purpose), "image/png")
