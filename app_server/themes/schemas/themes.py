"""Shapes of themes, plans, projects and templates."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue, StringConstraints

from app_server.kernel.http import Query, Shape, Text
from app_server.themes import service
from app_server.themes.rules.templates import CODE, LONGEST
from app_server.themes.schemas.parts import taken

Place = Annotated[str, Field(pattern=r"^[0-9]{6}([0-9]{3}){0,2}$")]
Answer = (
    Annotated[Text, StringConstraints(max_length=LONGEST)]
    | Annotated[int, Field(ge=-(2**53), le=2**53)]
    | Annotated[list[Annotated[Text, StringConstraints(max_length=40)]], Field(max_length=50)]
)


class ThemeQuery(Query):
    """Where, and for whom."""

    region: str = Field(default="", pattern=r"^([0-9]{6,12})?$")
    audience: Literal["", "person", "company"] = ""


class ThemeLine(Shape):
    """A theme in a list."""

    code: str
    version: int
    name: str
    summary: str
    audience: list[str]
    parts: int


class ThemeList(Shape):
    """Themes."""

    items: list[ThemeLine]


class ThemeQuestions(ThemeLine):
    """A theme with what is asked first."""

    project: bool
    questions: list[dict[str, Any]]
    outputs: list[dict[str, Any]]
    basis: list[str]


class PlanWanted(Shape):
    """Where, and what was answered."""

    region: Place
    answers: Annotated[dict[Annotated[str, Field(pattern=CODE)], Answer], Field(max_length=40)] = {}
    version: Annotated[int, Field(ge=0, le=100_000)] = 0
    project_code: Annotated[str, Field(max_length=24)] = ""


class BundleWanted(PlanWanted):
    """The same, for the version that was shown."""

    version: Annotated[int, Field(ge=1, le=100_000)]


class WindowBundleWanted(BundleWanted):
    """For somebody who stands at the window and agrees."""

    name: Annotated[Text, StringConstraints(min_length=2, max_length=60)]
    id_number: Annotated[str, Field(pattern=r"^[1-9][0-9]{16}[0-9X]$")]
    mode: Literal["present", "agent"] = "present"
    consent: Literal[True]


class PlannedPart(Shape):
    """One item of the plan."""

    code: str
    item_code: str
    item_name: str
    department: str
    after: list[str]
    days: int
    unit: str


class PlannedPaper(Shape):
    """A paper that is asked for once."""

    key: str
    name: str
    required: bool
    parts: list[str]


class PlannedTask(Shape):
    """Something done on the spot."""

    code: str
    name: str
    after: list[str]


class PlannedOutput(Shape):
    """What one holds in the end."""

    name: str
    quantity: int
    unit: str
    part: str


class PlanView(Shape):
    """Steps, papers, days and results before anything is opened."""

    code: str
    version: int
    name: str
    mode_name: str
    lead_name: str
    questions: list[str]
    parts: list[PlannedPart]
    papers: list[PlannedPaper]
    tasks: list[PlannedTask]
    outputs: list[PlannedOutput]
    refusal: str
    due_on: date | None
    path: list[str]
    provisional: bool
    faults: list[str]


class BundleOpened(Shape):
    """The bundle's number."""

    bundle_no: str


class ProjectPart(Shape):
    """One item of a project's bundle."""

    item_name: str
    case_no: str | None
    state: str


class ProjectBundle(Shape):
    """A bundle filed for a project."""

    bundle_no: str
    name: str
    state: str
    due_on: date | None
    parts: list[ProjectPart]


class NoticeView(Shape):
    """What the investment platform told."""

    kind: str
    title: str
    note: str
    document_no: str
    at: datetime


class ProjectView(Shape):
    """A project on both sides."""

    project_code: str
    bundles: list[ProjectBundle]
    notices: list[NoticeView]


class NoticeTaken(Shape):
    """Whether it was known already."""

    repeated: bool


class TemplateWanted(Shape):
    """A template as data."""

    template: Annotated[dict[str, JsonValue], Field(max_length=40)]


class TemplatePublished(Shape):
    """The number of the version in force."""

    code: str
    version: int


class TemplateVersionView(Shape):
    """One version of a template."""

    version: int
    published_at: datetime
    template: dict[str, Any]


class TemplateVersions(Shape):
    """Every version, the newest first."""

    versions: list[TemplateVersionView]


def asked(body: PlanWanted) -> service.Asked:
    """What the caller wants, for the service."""
    return service.Asked(body.region, body.answers, body.project_code, body.version)


def theme_line(theme: service.Theme) -> dict[str, Any]:
    """The members of a list entry."""
    told = theme.template
    return {
        "code": told.code,
        "version": theme.version,
        "name": told.name,
        "summary": told.summary,
        "audience": list(told.audience),
        "parts": len(told.parts),
    }


def theme_questions(theme: service.Theme) -> ThemeQuestions:
    """A theme with what is asked before it is opened."""
    told = theme.template
    return ThemeQuestions(
        **theme_line(theme),
        project=told.project,
        questions=[question.model_dump() for question in told.questions],
        outputs=[output.model_dump() for output in told.outputs],
        basis=told.basis,
    )


def plan_view(found: service.Shown) -> PlanView:
    """A plan as a reply."""
    told = found.preview
    return PlanView(
        code=found.theme.template.code,
        version=found.theme.version,
        name=told.name,
        mode_name=told.mode_name,
        lead_name=found.lead_name,
        questions=list(found.questions),
        parts=[taken(PlannedPart, part) for part in told.parts],
        papers=[taken(PlannedPaper, paper) for paper in told.papers],
        tasks=[taken(PlannedTask, task) for task in told.tasks],
        outputs=[taken(PlannedOutput, output) for output in told.outputs],
        refusal=told.refusal,
        due_on=told.due_on,
        path=list(told.path),
        provisional=told.provisional,
        faults=list(told.faults),
    )


def project_view(found: service.Project) -> ProjectView:
    """A project as a reply."""
    return ProjectView(
        project_code=found.project_code,
        bundles=[
            ProjectBundle(
                bundle_no=view.row.bundle_no,
                name=view.row.name,
                state=view.row.state,
                due_on=view.row.due_on,
                parts=[taken(ProjectPart, part) for part in view.parts],
            )
            for view in found.bundles
        ],
        notices=[taken(NoticeView, notice) for notice in found.notices],
    )
