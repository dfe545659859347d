"""Opening an app, and the token by which its shell speaks for this one opening."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import jwt

from app_server.kernel import clock, db
from app_server.kernel.crypto import blind_index
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from auth.grants.service import oauth
from miniapps import rules
from miniapps.errors import AppSuspended, AppTierTooLow, NoSuchLaunch
from miniapps.models import App, Launch, Version
from miniapps.service.consents import Held, held_by
from miniapps.service.listing import opened_by
from miniapps.service.manifest import Manifest
from miniapps.service.reviewing import version_on_trial
from miniapps.service.signing import release_jwks


@dataclass(frozen=True, slots=True)
class LaunchFacts:
    """What the shell needs to open an app; `token` is told once and kept as a digest."""

    id: UUID
    token: str
    origin: str
    url: str
    allow: str
    manifest: Manifest
    code: int
    trial: bool
    release: str
    jwk: dict[str, Any]
    withheld: frozenset[str]
    held: Mapping[str, Held]


@dataclass(frozen=True, slots=True)
class Opening:
    """Who opens an app with what: the device's own number, region and system, a trial link."""

    device: str = ""
    region: str = ""
    system: str = ""
    trial: str = ""


@dataclass(frozen=True, slots=True)
class OpenApp:
    """A launch that is still good, with the reviewed version it opened."""

    launch: Launch
    version: Version
    manifest: Manifest

    @property
    def origin(self) -> str:
        """Where its pages run."""
        return origin_of(self.launch.appid, self.launch.code if self.launch.trial else 0)


def origin_of(appid: str, trial: int = 0) -> str:
    """The origin an app is served at; a version on trial shares no storage with what is out."""
    settings = load()
    name = rules.trial_label(appid, trial) if trial else appid
    return rules.app_origin(name, settings.origin("public"), settings.miniapp_domain)


async def launch(principal: Principal, appid: str, opening: Opening = Opening()) -> LaunchFacts:
    """Open the version of an app that this visitor gets, or that a trial link names.

    Raises `NoSuchMiniApp`, `AppSuspended`, `TrialRefused`, `AppTierTooLow`.
    """
    if opening.trial:
        version = await version_on_trial(appid, opening.trial)
    else:
        version = await opened_by(appid, _visitor_of(principal, appid, opening))
    manifest = Manifest.model_validate(version.manifest)
    person = principal.id if principal.kind == "person" else None
    held = principal.tier if person else 0
    if manifest.min_tier > held:
        raise AppTierTooLow(manifest.min_tier, held)
    trial = bool(opening.trial)
    launch_id, token = await _opened(appid, version.code, person, trial=trial)
    origin = origin_of(appid, version.code if trial else 0)
    return LaunchFacts(
        id=launch_id,
        token=token,
        origin=origin,
        # Under its own number a version never changes, so everything in it may be kept.
        url=f"{origin}/v/{version.code}/{manifest.entry}" if manifest.entry else "",
        allow="; ".join(rules.features_of(s for s in manifest.scopes if s not in version.withheld)),
        manifest=manifest,
        code=version.code,
        trial=trial,
        release="" if trial else version.release,
        jwk=_jwk_of(version.release),
        withheld=frozenset(version.withheld),
        held=await held_by(None if trial else person, manifest, ()),
    )


def _jwk_of(release: str) -> dict[str, Any]:
    """The key a release document is verified with; it may have been signed before the present."""
    keys = release_jwks()
    kid = jwt.get_unverified_header(release).get("kid") if release else None
    return next((key for key in keys if key["kid"] == kid), keys[0])


async def _opened(appid: str, code: int, person: UUID | None, *, trial: bool) -> tuple[UUID, str]:
    launch_id, token, now = uuid7(), secrets.token_urlsafe(32), clock.now()
    row: dict[str, Any] = {
        "id": launch_id,
        "appid": appid,
        "code": code,
        "person_id": person,
        "trial": trial,
        "outcome": "",
        "token_digest": _digest(token),
        "held": [],
        "created_at": now,
        "expires_at": now + rules.LAUNCH_LIFE,
    }
    async with db.single_statement() as uow:
        uow.add("miniapps_launch", row)
    return launch_id, token


def _digest(token: str) -> str:
    return blind_index(token, "miniapps.launch")


def _visitor_of(principal: Principal, appid: str, opening: Opening) -> rules.Visitor:
    person = principal.id if principal.kind == "person" else None
    return rules.Visitor(
        key=str(person) if person else opening.device,
        openid=openid_of(appid, person) if person else "",
        region=opening.region,
        system=opening.system,
    )


# Whoever speaks first in a launch of nobody takes it; of two at once the second finds it taken.
_MINE = """
WITH taken AS (UPDATE miniapps_launch SET person_id = $4 WHERE id = $1 AND token_digest = $2
  AND expires_at > $3 AND person_id IS NULL RETURNING id)
SELECT id FROM taken UNION ALL SELECT id FROM miniapps_launch
  WHERE id = $1 AND token_digest = $2 AND expires_at > $3 AND person_id = $4
"""
_NOBODYS = (
    "SELECT id FROM miniapps_launch "
    "WHERE id = $1 AND token_digest = $2 AND expires_at > $3 AND person_id IS NULL"
)


async def open_app(principal: Principal, launch_id: UUID, token: str) -> OpenApp:
    """The app of a launch that this token and this person speak for.

    A launch made before signing in becomes the launch of whoever first speaks in it; after that
    it is theirs alone. Raises `NoSuchLaunch`, `AppSuspended`.
    """
    given = (launch_id, _digest(token), clock.now())
    if principal.kind == "person":
        known = await db.value(_MINE, *given, principal.subject)
    else:
        known = await db.value(_NOBODYS, *given)
    if known is None:
        raise NoSuchLaunch
    opened = await Launch.get(id=launch_id)
    version = await Version.get(appid=opened.appid, code=opened.code)
    await _must_be_open(opened, version)
    return OpenApp(opened, version, Manifest.model_validate(version.manifest))


async def _must_be_open(opened: Launch, version: Version) -> None:
    app = await App.get(appid=opened.appid)
    if app.state != "active":
        raise AppSuspended(f"该应用已下架：{app.state_reason}", reason=app.state_reason)
    served = rules.TRIED if opened.trial else rules.SERVED
    if opened.code < app.floor or version.state not in served:
        raise NoSuchLaunch


def openid_of(appid: str, person_id: UUID) -> str:
    """The number a person has in one app only; two apps cannot compare theirs.

    It is how the `sub` of the app's own tokens begins, so that a back end may use either.
    """
    return oauth.subject_in(rules.client_id_of(appid), person_id)[:40]


async def forget_old() -> None:
    """Drop launches and tickets nobody can use any more."""
    before = clock.now() - rules.KEEP_LAUNCHES
    await db.execute("DELETE FROM miniapps_ticket WHERE expires_at < $1", before)
    await db.execute("DELETE FROM miniapps_launch WHERE expires_at < $1", before)
