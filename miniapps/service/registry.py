"""What publishers and reviewers see: apps, their versions, history, rollout and use."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app_server.kernel import clock, db, regions
from app_server.kernel.principal import Principal
from auth.grants import service as grants
from auth.grants.errors import ClientRefused
from miniapps import rules
from miniapps.errors import BadAppId, NoSuchMiniApp, NotYourApp
from miniapps.models import App, Rollout, Step, Version
from miniapps.rules import unity
from miniapps.service.moves import in_namespace, may_publish, may_publish_app, record
from miniapps.service.publishing import VersionFacts, facts_of

PAGE = 50
HISTORY = 200
USAGE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class AppFacts:
    """One app as its makers and reviewers see it; code 0 stands for no version."""

    appid: str
    name: str
    owner_org: str
    owner_name: str
    home: str
    state: str
    state_reason: str
    current: int
    floor: int
    newest: int
    newest_state: str


@dataclass(frozen=True, slots=True)
class GreyFacts:
    """To whom a version goes now, and how it does there."""

    code: int
    state: str
    permille: int
    error_permille: int
    openids: list[str]
    regions: list[str]
    systems: list[str]
    starts_at: datetime | None
    ends_at: datetime | None
    opened: int
    failed: int


@dataclass(frozen=True, slots=True)
class StepFacts:
    """One line of an app's history."""

    code: int
    deed: str
    by_name: str
    note: str
    at: datetime


_LIST = """
SELECT a.*, coalesce(v.code, 0) AS newest, coalesce(v.state, '') AS newest_state,
  coalesce(v.manifest->>'name', a.appid) AS newest_name,
  coalesce(v.manifest->'owner'->>'name', '') AS newest_owner
FROM miniapps_app a
LEFT JOIN LATERAL (SELECT code, state, manifest FROM miniapps_version
  WHERE appid = a.appid ORDER BY code DESC LIMIT 1) v ON true
WHERE ($1 = '' OR a.owner_org = $1) AND a.appid > $2
  AND ($3::text[] IS NULL OR v.state = ANY($3))
ORDER BY a.appid
"""


def _facts(row: Any) -> AppFacts:
    return AppFacts(
        appid=row["appid"],
        name=row["name"] or row["newest_name"],
        owner_org=row["owner_org"],
        owner_name=row["owner_name"] or row["newest_owner"],
        home=rules.home_region(row["appid"]),
        state=row["state"],
        state_reason=row["state_reason"],
        current=row["current"],
        floor=row["floor"],
        newest=row["newest"],
        newest_state=row["newest_state"],
    )


async def apps_of(
    by: Principal, after: str = "", states: list[str] | None = None
) -> list[AppFacts]:
    """Apps the caller publishes or reviews, one page by app id; `states` are of newest versions."""
    own = "" if rules.REVIEWER in by.roles else by.org
    found = []
    for row in await db.rows(_LIST, own, after, states):
        home = rules.home_region(row["appid"])
        if own and not in_namespace(by.region, home):
            continue
        if not own and not (regions.covers(by.region, home) or by.region == home):
            continue
        found.append(_facts(row))
        if len(found) == PAGE:
            break
    return found


async def app_facts(by: Principal, appid: str) -> AppFacts:
    """One app, for who publishes or reviews it; raises `NoSuchMiniApp`."""
    row = await App.get_or_none(appid=appid)
    if row is None:
        raise NoSuchMiniApp
    reviews = (
        by.kind == "staff"
        and rules.REVIEWER in by.roles
        and regions.covers(by.region, rules.home_region(appid))
    )
    if not reviews:
        try:
            may_publish(by, appid, row.owner_org)
        except NotYourApp as error:
            raise NoSuchMiniApp from error
    found = await db.row(_LIST.replace("a.appid > $2", "a.appid = $2"), "", appid, None)
    if found is None:
        raise NoSuchMiniApp
    return _facts(found)


async def versions_of(appid: str) -> list[VersionFacts]:
    """Every version of an app, newest first."""
    return [
        facts_of(row) for row in await Version.filter(appid=appid).order_by("-code").limit(PAGE)
    ]


async def history_of(appid: str) -> list[StepFacts]:
    """What happened to an app, newest first."""
    rows = await Step.filter(appid=appid).order_by("-id").limit(HISTORY)
    return [StepFacts(r.code, r.deed, r.by_name, r.note, r.at) for r in rows]


_OUTCOMES = (
    "SELECT count(*) AS opened, count(*) FILTER (WHERE outcome = 'failed') AS failed "
    "FROM miniapps_launch WHERE appid=$1 AND code=$2 AND created_at >= $3 AND outcome <> '' "
    "AND NOT trial"
)


async def grey_of(appid: str) -> GreyFacts | None:
    """The rollout under way, with the openings that count for it; None when there is none."""
    tried = await Version.filter(appid=appid, state__in=["grey", "halted"]).first()
    if tried is None:
        return None
    row = await Rollout.get(appid=appid, code=tried.code)
    since = max(row.since, clock.now() - rules.WINDOW)
    seen = await db.row(_OUTCOMES, appid, tried.code, since)
    return GreyFacts(
        code=tried.code,
        state=tried.state,
        permille=row.permille,
        error_permille=row.error_permille,
        openids=row.openids,
        regions=row.regions,
        systems=row.systems,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        opened=seen["opened"] if seen else 0,
        failed=seen["failed"] if seen else 0,
    )


_USAGE = """
SELECT code, count(*) AS launches, count(DISTINCT person_id) AS people,
  count(*) FILTER (WHERE outcome = 'failed') AS failed,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY ready_ms)
    FILTER (WHERE outcome = 'ready') AS median_ready_ms
FROM miniapps_launch WHERE appid=$1 AND created_at >= $2 AND NOT trial
GROUP BY code ORDER BY code DESC
"""


async def usage_of(appid: str) -> list[dict[str, Any]]:
    """Openings of the last week by version: how many, by how many people, failed, how quick."""
    return [dict(row) for row in await db.rows(_USAGE, appid, clock.now() - USAGE)]


async def _registered(by: Principal, appid: str) -> App:
    """The app, made where its team takes a new id inside its own namespace (R-POR-18)."""
    if by.kind == "staff" and not await App.exists(appid=appid):
        fault = rules.appid_fault(appid) or unity.namespace_fault(
            regions.level_of(rules.home_region(appid))
        )
        if fault:
            raise BadAppId(fault)
        may_publish(by, appid, by.org)
        async with db.unit_of_work():
            await db.lock(f"miniapps:{appid}")
            if not await App.exists(appid=appid):
                await App.create(appid=appid, owner_org=by.org)
    return await may_publish_app(by, appid)


async def make_key(by: Principal, appid: str) -> tuple[str, str]:
    """The app's own key for its command line and back end, new each time.

    Answers client id and secret; the secret is not kept, and the one before ends in a day. A new
    app id becomes the app of the caller's organisation. Raises `NotYourApp`, `BadAppId`.
    """
    app = await _registered(by, appid)
    client_id = rules.client_id_of(appid)
    try:
        secret = await grants.rotate_client_secret(by, client_id)
    except ClientRefused:
        secret = await grants.add_client(
            client_id=client_id,
            name=app.name or appid,
            scopes=[rules.TICKETS_CLIENT_SCOPE, rules.PUBLISH_SCOPE],
            region=rules.home_region(appid),
        )
    async with db.unit_of_work():
        record(by, appid, 0, "key_made")
    return client_id, secret
