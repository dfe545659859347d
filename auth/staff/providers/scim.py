"""SCIM 2.0 client (RFC 7643, RFC 7644): the account of one officer in one connected system.

An account is found by our own id (`externalId`) before it is made, so that a push whose answer
was lost is not made twice; it is replaced whole (PUT) and never deleted: what somebody did
there keeps its name.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httpx
import orjson

from app_server.kernel.events import Rejected, Unknown

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
MEDIA = "application/scim+json"
# Refusals that may be over soon: a token being renewed, a queue, a restart.
_PASSING = {401, 403, 408, 425, 429}


@dataclass(frozen=True, slots=True)
class User:
    """How an officer's account should stand in the connected system."""

    external_id: str
    user_name: str
    display_name: str
    active: bool
    organisation: str
    department: str
    roles: tuple[str, ...]

    def resource(self) -> dict[str, Any]:
        """The SCIM User (RFC 7643 §4.1, §4.3)."""
        return {
            "schemas": [CORE, ENTERPRISE],
            "externalId": self.external_id,
            "userName": self.user_name,
            "displayName": self.display_name,
            "name": {"formatted": self.display_name},
            "active": self.active,
            "roles": [{"value": role} for role in self.roles],
            ENTERPRISE: {"organization": self.organisation, "department": self.department},
        }


@dataclass(frozen=True, slots=True)
class Pushed:
    """The system has the account as we said; without an id it never had one, and need not."""

    remote_id: str


class ScimEndpoint:
    """One connected system's SCIM service, with the bearer token it gave us."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._headers = {
            "authorization": f"Bearer {token}",
            "accept": MEDIA,
            "content-type": MEDIA,
        }

    async def put(self, user: User, remote_id: str | None) -> Pushed | Rejected | Unknown:
        """Make the account stand as `user` says, whatever was there before."""
        try:
            async with httpx.AsyncClient(
                timeout=httpx.Timeout(5, connect=2), trust_env=False, headers=self._headers
            ) as client:
                return await self._put(client, user, remote_id)
        except httpx.HTTPError as error:
            return Unknown(type(error).__name__)
        except (ValueError, KeyError, TypeError):
            return Unknown("an answer that is no SCIM")

    async def _put(
        self, client: httpx.AsyncClient, user: User, remote_id: str | None
    ) -> Pushed | Rejected | Unknown:
        if remote_id is None:
            found = await self._find(client, user.external_id)
            if isinstance(found, Rejected | Unknown):
                return found
            remote_id = found.remote_id
        if not remote_id and not user.active:
            return Pushed("")
        body = orjson.dumps(user.resource() | ({"id": remote_id} if remote_id else {}))
        if remote_id:
            reply = await client.put(f"{self._url}/Users/{remote_id}", content=body)
            if reply.status_code == HTTPStatus.NOT_FOUND:
                # Deleted over there: unknown to us, so look again, and make it anew if need be.
                return await self._put(client, user, None)
        else:
            reply = await client.post(f"{self._url}/Users", content=body)
        return _answer(reply)

    async def _find(
        self, client: httpx.AsyncClient, external_id: str
    ) -> Pushed | Rejected | Unknown:
        query = {"filter": f'externalId eq "{external_id}"'}
        reply = await client.get(f"{self._url}/Users", params=query)
        if reply.status_code != HTTPStatus.OK:
            return _refusal(reply)
        resources = orjson.loads(reply.content).get("Resources") or []
        mine = [r for r in resources if r.get("externalId") == external_id]
        return Pushed(str(mine[0]["id"]) if mine else "")


def _answer(reply: httpx.Response) -> Pushed | Rejected | Unknown:
    if reply.status_code not in {HTTPStatus.OK, HTTPStatus.CREATED}:
        return _refusal(reply)
    return Pushed(str(orjson.loads(reply.content)["id"]))


def _refusal(reply: httpx.Response) -> Rejected | Unknown:
    said = f"HTTP {reply.status_code}"
    final = reply.is_client_error and reply.status_code not in _PASSING
    return Rejected(said) if final else Unknown(said)
