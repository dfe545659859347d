"""Officers: templates are published, and windows open bundles."""

from app_server.cases.service import Card
from app_server.kernel.http import Call, endpoint, staff
from app_server.kernel.ratelimit import Limit
from app_server.themes import service
from app_server.themes.schemas.themes import (
    BundleOpened,
    TemplatePublished,
    TemplateVersions,
    TemplateVersionView,
    TemplateWanted,
    ThemeLine,
    ThemeList,
    WindowBundleWanted,
    asked,
    theme_line,
)

EDITOR = staff("item_editor")
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


@endpoint(
    "POST", "/window/themes/{code}/bundles", guard=staff("case_window"), status=201, limit=CARDS
)
async def open_window_bundle(call: Call, code: str, body: WindowBundleWanted) -> BundleOpened:
    """Take a whole theme in for an applicant who is present and agrees."""
    card = Card(body.name, body.id_number)
    number = await service.open_at_window(call.principal, code, asked(body), card, body.mode)
    return BundleOpened(bundle_no=number)
