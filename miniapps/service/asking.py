"""Asking an app's own back end, in words it can trust: signed with a key only it and we know."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from app_server.kernel import clock
from app_server.kernel.telemetry import trace_id
from miniapps.models import FacadeKey
from miniapps.providers.back_ends import Incoming, Outgoing, back_ends
from miniapps.rules.signing_requests import signed_headers

KIND = "gateway"


async def ask(
    appid: str, method: str, url: str, *, headers: Mapping[str, str], body: bytes = b""
) -> Incoming:
    """The back end's answer; raises `BackEndFailed`.

    A team that made a key for it can tell our requests from anybody's; without one they are bare.
    """
    told = dict(headers) | {"x-wanshi-app": appid, "x-trace-id": trace_id()}
    key = await FacadeKey.filter(appid=appid, kind=KIND, ends_at=None).first()
    if key is not None:
        parts = urlsplit(url)
        told |= signed_headers(
            key.access_key, key.secret, method, parts.path or "/", parts.query, clock.now()
        )
    return await back_ends().send(Outgoing(method, url, told, body))
