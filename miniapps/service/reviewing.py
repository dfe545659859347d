"""Review: the city looks first, the province decides; three different people (R-POR-14)."""

from collections.abc import Sequence
from typing import Any

from app_server.kernel import clock, db
from app_server.kernel.crypto import same, signature
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from miniapps import rules
from miniapps.errors import NotAReviewer, NotSeenYet, NotWithheld, TrialRefused, TwoPersonsNeeded
from miniapps.models import App, Version
from miniapps.service.manifest import Manifest
from miniapps.service.moves import (
    may_publish_app,
    may_review,
    move,
    of_the_province,
    version_of,
)
from miniapps.service.publishing import VersionFacts, facts_of
from miniapps.service.signing import release_document


async def begin_trial(by: Principal, appid: str, code: int) -> tuple[VersionFacts, str]:
    """Let the team and reviewers open a checked version before anybody else; answers the secret.

    Raises `NotYourApp`, `NoSuchVersion`, `NotInThisState`.
    """
    version = await version_of(appid, code)
    if rules.REVIEWER in by.roles:
        may_review(by, Manifest.model_validate(version.manifest))
    else:
        await may_publish_app(by, appid)
    if version.state not in rules.TRIED:
        async with db.unit_of_work():
            await move(by, version, "try")
    return facts_of(await version_of(appid, code)), trial_token(appid, code)


def trial_token(appid: str, code: int) -> str:
    """What a trial link carries: good for one version and a week."""
    until = int((clock.now() + rules.TRIAL_LIFE).timestamp())
    return f"{code}.{until}.{_mark(appid, code, until)}"


def _mark(appid: str, code: int, until: int) -> str:
    return signature("miniapps.trial", appid, str(code), str(until))


async def version_on_trial(appid: str, token: str) -> Version:
    """The version a trial link opens; raises `TrialRefused` for whatever is wrong with it."""
    parts = token.split(".")
    if len(parts) != 3 or not all(p.isascii() and p.isdigit() for p in parts[:2]):
        raise TrialRefused
    code, until = int(parts[0]), int(parts[1])
    known = same(parts[2], _mark(appid, code, until))
    version = await Version.get_or_none(appid=appid, code=code) if code < 2**31 else None
    if not known or until <= clock.now().timestamp() or version is None:
        raise TrialRefused
    if version.state not in rules.TRIED:
        raise TrialRefused
    return version


async def submit(by: Principal, appid: str, code: int, note: str = "") -> VersionFacts:
    """Hand a checked version in; raises `NotYourApp`, `NoSuchVersion`, `NotInThisState`."""
    await may_publish_app(by, appid)
    version = await version_of(appid, code)
    async with db.unit_of_work():
        await move(by, version, "submit", note)
    return facts_of(await version_of(appid, code))


async def withdraw(by: Principal, appid: str, code: int, note: str = "") -> VersionFacts:
    """Take a version back before it is out; raises as `submit`."""
    await may_publish_app(by, appid)
    version = await version_of(appid, code)
    async with db.unit_of_work():
        await move(by, version, "withdraw", note)
    return facts_of(await version_of(appid, code))


async def review(
    by: Principal,
    appid: str,
    code: int,
    *,
    agree: bool,
    note: str = "",
    withheld: Sequence[str] = (),
    unseen: bool = False,
) -> VersionFacts:
    """Decide what waits for the caller's level: the city's, then the province's.

    The province may hold back optional permissions; with its consent the platform signs the
    release document. `unseen`: without a browser's look, as our own demo apps. Raises
    `NoSuchVersion`, `NotAReviewer`, `TwoPersonsNeeded` (uploader, city and province are three
    people), `NotSeenYet`, `NotWithheld`, `NotInThisState`.
    """
    version = await version_of(appid, code)
    manifest = Manifest.model_validate(version.manifest)
    may_review(by, manifest)
    optional = {p.scope for p in manifest.permissions if not p.required}
    if agree and not unseen:
        _must_be_seen(version)
    if withheld and not (agree and of_the_province(by.region) and set(withheld) <= optional):
        raise NotWithheld
    if by.ref in {version.uploaded_by, version.city_by}:
        raise TwoPersonsNeeded
    async with db.unit_of_work():
        if not agree:
            if version.state == "city_approved" and not of_the_province(by.region):
                raise NotAReviewer
            await move(by, version, "refuse", note)
        elif of_the_province(by.region):
            own = of_the_province(rules.home_region(appid))
            held_back = sorted(set(withheld))
            marks: dict[str, object] = {
                "approved_by": by.ref,
                "approved_at": clock.now(),
                "withheld": held_back,
                "release": await _release_of(version, manifest, held_back),
            }
            await move(by, version, "approve_own" if own else "approve", note, **marks)
        else:
            await move(by, version, "approve_in_city", note, city_by=by.ref)
    return facts_of(await version_of(appid, code))


def _must_be_seen(version: Version) -> None:
    """Nobody agrees to what the browser has yet to look at, or could not show."""
    looks: dict[str, Any] | None = version.looks
    if looks is None:
        if load().browser:
            raise NotSeenYet
        return
    if any(finding["level"] == "error" for finding in looks["findings"]):
        raise NotSeenYet("浏览器打不开这个版本的页面，请退回修改")


async def _release_of(version: Version, manifest: Manifest, withheld: list[str]) -> str:
    app = await App.get(appid=version.appid)
    return release_document(
        manifest,
        code=version.code,
        index_digest=version.digest,
        csp=manifest.content_policy(load().origin("public")),
        scopes=[scope for scope in manifest.scopes if scope not in withheld],
        floor=app.floor,
        not_after=clock.now() + rules.RELEASE_LIFE,
    )
