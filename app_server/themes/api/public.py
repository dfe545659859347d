"""What people see: themes, the questions, the plan, and their projects."""

from app_server.kernel.http import Call, anyone, endpoint, person
from app_server.kernel.ratelimit import Limit
from app_server.themes import service
from app_server.themes.schemas.themes import (
    BundleOpened,
    BundleWanted,
    PlanView,
    PlanWanted,
    ProjectView,
    ThemeLine,
    ThemeList,
    ThemeQuery,
    ThemeQuestions,
    asked,
    plan_view,
    project_view,
    theme_line,
    theme_questions,
)

PLANS = Limit("theme-plans", 60, 60)
BUNDLES = Limit("theme-bundles", 20, 3_600)


@endpoint("GET", "/themes", guard=anyone())
async def list_themes(call: Call, query: ThemeQuery) -> ThemeList:
    """The themes in force; with a region those that can be done there."""
    del call
    found = await service.themes(query.region, query.audience)
    return ThemeList(items=[ThemeLine(**theme_line(one)) for one in found])


@endpoint("GET", "/themes/{code}", guard=anyone())
async def read_theme(call: Call, code: str) -> ThemeQuestions:
    """A theme and its questions."""
    del call
    return theme_questions(await service.theme(code))


@endpoint("POST", "/themes/{code}/plan", guard=anyone(), status=200, limit=PLANS)
async def plan_theme(call: Call, code: str, body: PlanWanted) -> PlanView:
    """Steps, papers, days and results for these answers; nothing is opened."""
    del call
    return plan_view(await service.plan(code, asked(body)))


@endpoint("POST", "/themes/{code}/bundles", guard=person(1), status=201, limit=BUNDLES)
async def open_bundle(call: Call, code: str, body: BundleWanted) -> BundleOpened:
    """Open the bundle that the answers ask for."""
    return BundleOpened(bundle_no=await service.open_theme(call.principal, code, asked(body)))


@endpoint("GET", "/projects/{project_code}", guard=person(1))
async def read_project(call: Call, project_code: str) -> ProjectView:
    """My project: what was filed here and what the investment platform told."""
    return project_view(await service.own_project(call.principal, project_code))
