"""Commands and queries of workflow."""

from app_server.workflow.rules.checks import Terms
from app_server.workflow.rules.expressions import UNKNOWN, check_expression, evaluate
from app_server.workflow.rules.tables import Decision
from app_server.workflow.service.drafts import DraftFacts, draft, drafts, save_draft
from app_server.workflow.service.instances import (
    InstanceFacts,
    WorkFacts,
    complete,
    history,
    open_work,
    running,
    start,
    stop,
)
from app_server.workflow.service.publishing import (
    PublishedFacts,
    check_flow,
    check_table,
    decide,
    flow,
    publish_flow,
    publish_table,
    published,
    table,
)
from app_server.workflow.service.replaying import Difference, replay

__all__ = [
    "UNKNOWN",
    "Decision",
    "Difference",
    "DraftFacts",
    "InstanceFacts",
    "PublishedFacts",
    "Terms",
    "WorkFacts",
    "check_expression",
    "check_flow",
    "check_table",
    "complete",
    "decide",
    "draft",
    "drafts",
    "evaluate",
    "flow",
    "history",
    "open_work",
    "publish_flow",
    "publish_table",
    "published",
    "replay",
    "running",
    "save_draft",
    "start",
    "stop",
    "table",
]
