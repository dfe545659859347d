"""Officers: templates are published, and windows open bundles."""

from app_server.cases.service import Card
from app_server.kernel.http import Call, endpoint, staff
from app_server.kernel.ratelimit import Limit
from app_server.themes import service
from app_server.themes.schemas.themes import (
    BundleOpened,
    PlanView,
    PlanWanted,
    TemplatePublished,
    TemplateVersions,
    TemplateVersionView,
    TemplateWanted,
    ThemeLine,
    ThemeList,
    ThemeQuery,
    ThemeQuestions,
    WindowBundleWanted,
    asked,
    plan_view,
    theme_line,
    theme_questions,
)

EDITOR = staff("item_editor")
WINDOW = staff("case_window")
CARDS = Limit("theme-window-card", 20, 60, fail_closed=True)


@endpoint("GET", "/theme-templates", guard=EDITOR)
async def list_templates(call: Call) -> ThemeList:
    """All templates in force."""
    del call
    return ThemeList(items=[ThemeLine(**theme_line(one)) for one in await service.themes()])


@endpoint("POST", "/theme-templates", guard=EDITOR, status=201, max_body=256 * 1024)
async def publish_template(call: Call, body: TemplateWanted) -> TemplatePublished:
    """Publish a template's next version."""
    version = await service.publish(call.principal, body.template)
    return TemplatePublished(code=str(body.template["code"]), version=version)


@endpoint("GET", "/theme-templates/{code}/versions", guard=EDITOR)
async def list_versions(call: Call, code: str) -> TemplateVersions:
    """Every version of a template."""
    del call
    return TemplateVersions(
        versions=[
            TemplateVersionView(
                version=one.version,
                published_at=one.published_at,
                template=one.template.model_dump(mode="json"),
            )
            for one in await service.versions(code)
        ]
    )


@endpoint("GET", "/window/themes", guard=WINDOW)
async def list_window_themes(call: Call, query: ThemeQuery) -> ThemeList:
    """The themes a window can take in; with a region those that can be done there."""
    del call
    found = await service.themes(query.region, query.audience)
    return ThemeList(items=[ThemeLine(**theme_line(one)) for one in found])


@endpoint("GET", "/window/themes/{code}", guard=WINDOW)
async def read_window_theme(call: Call, code: str) -> ThemeQuestions:
    """A theme and the questions to put to whoever stands there."""
    del call
    return theme_questions(await service.theme(code))


@endpoint("POST", "/window/themes/{code}/plan", guard=WINDOW, status=200)
async def plan_window_theme(call: Call, code: str, body: PlanWanted) -> PlanView:
    """Steps, papers, days and results for the answers; nothing is opened."""
    del call
    return plan_view(await service.plan(code, asked(body)))


@endpoint("POST", "/window/themes/{code}/bundles", guard=WINDOW, status=201, limit=CARDS)
async def open_window_bundle(call: Call, code: str, body: WindowBundleWanted) -> BundleOpened:
    """Take a whole theme in for an applicant who is present and agrees."""
    card = Card(body.name, body.id_number)
    number = await service.open_at_window(call.principal, code, asked(body), card, body.mode)
    return BundleOpened(bundle_no=number)
