"""What can go wrong with flows and tables."""

from app_server.kernel.errors import Conflict, InvalidInput, NotFound


class ExpressionUnfit(InvalidInput):
    """An expression says something the closed language does not know."""

    code = "workflow.expression_unfit"
    title = "条件表达式不符合要求"


class FlowUnfit(InvalidInput):
    """A diagram may not be published; `errors` lists `{element, code, message}`."""

    code = "workflow.flow_unfit"
    title = "流程图不符合要求，请按提示修改"


class TableUnfit(InvalidInput):
    """A decision table may not be published; `errors` lists `{element, code, message}`."""

    code = "workflow.table_unfit"
    title = "决策表不符合要求，请按提示修改"


class NoSuchFlow(NotFound):
    """No flow is published under this code and version."""

    code = "workflow.no_such_flow"
    title = "没有找到这个流程"


class NoSuchTable(NotFound):
    """No decision table is published under this code and version."""

    code = "workflow.no_such_table"
    title = "没有找到这张决策表"


class NoSuchDraft(NotFound):
    """Nobody has begun to draw under this code."""

    code = "workflow.no_such_draft"
    title = "没有找到这份草稿"


class NoSuchInstance(NotFound):
    """No such instance of a flow."""

    code = "workflow.no_such_instance"
    title = "没有找到这个流程实例"


class WorkNotOpen(Conflict):
    """The work was done by somebody else, or the flow does not stand there."""

    code = "workflow.work_not_open"
    title = "这项待办已处理或已失效，请刷新后再看"


class UnknownFacts(InvalidInput):
    """Facts that the flow was not told of at publishing; `errors` names them."""

    code = "workflow.unknown_facts"
    title = "流程不认识这些事实"


class HistoriesDiffer(Conflict):
    """Old histories would go another way in the new version; `differences` lists them."""

    code = "workflow.histories_differ"
    title = "已有办件在新流程中走向不同，请核对后再发布"
