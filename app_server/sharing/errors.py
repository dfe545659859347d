"""What can go wrong when asking a registry, and on the sharing platform."""

from app_server.kernel.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    ServiceUnavailable,
    TooManyRequests,
)


class SharingUnavailable(ServiceUnavailable):
    """The registry does not answer, or its answer cannot be trusted."""

    code = "sharing.unavailable"
    title = "共享数据暂时无法获取，请稍后再试"


class NoSuchSharingService(NotFound):
    """No sharing service has this code."""

    code = "sharing.no_such_service"
    title = "没有这项共享服务"


class NoSuchNode(NotFound):
    """No such class in the catalogue's trees."""

    code = "sharing.no_such_node"
    title = "没有这个目录分类"


class NoSuchResource(NotFound):
    """No such catalogue entry, or it is another organisation's draft."""

    code = "sharing.no_such_resource"
    title = "没有这项信息资源"


class NoSuchGrant(NotFound):
    """No such application or grant, or it is between two other organisations."""

    code = "sharing.no_such_grant"
    title = "没有这项共享申请"


class NoSuchDuty(NotFound):
    """No such update duty."""

    code = "sharing.no_such_duty"
    title = "没有这项目录更新任务"


class NoSuchReport(NotFound):
    """No such error report."""

    code = "sharing.no_such_report"
    title = "没有这条数据校核反馈"


class NoSuchInventoried(NotFound):
    """No such information system in the inventory."""

    code = "sharing.no_such_inventoried"
    title = "清单中没有这个信息系统"


class CodeTaken(Conflict):
    """The code is another's already."""

    code = "sharing.code_taken"
    title = "该编码已被使用"


class NotInThisState(Conflict):
    """What is asked cannot be done in the present state."""

    code = "sharing.not_in_this_state"
    title = "当前状态下不能进行此操作"


class TreeCycle(Conflict):
    """A class cannot stand below itself."""

    code = "sharing.tree_cycle"
    title = "不能把分类移动到它自己的下级"


class TreeTooDeep(Conflict):
    """The tree would become deeper than the coding allows."""

    code = "sharing.tree_too_deep"
    title = "目录层级超过上限"


class NodeFixed(Conflict):
    """A library or theme domain stands where the rules put it."""

    code = "sharing.node_fixed"
    title = "基础库和主题领域的根分类不能移动或更改"


class NotTheLead(Forbidden):
    """Only the lead organisation edits here (R-DAT-18)."""

    code = "sharing.not_the_lead"
    title = "只有牵头单位可以维护此目录"


class NotTheProvider(Forbidden):
    """Only the responsible organisation does this."""

    code = "sharing.not_the_provider"
    title = "只有数据提供单位可以进行此操作"


class SamePerson(Forbidden):
    """Two different persons are needed: one asks or drafts, another approves."""

    code = "sharing.same_person"
    title = "须由另一名工作人员办理"


class NoInterface(Conflict):
    """An entry without a registered interface that answers cannot be published (R-DAT-07)."""

    code = "sharing.no_interface"
    title = "没有可用的数据访问接口，不能发布"


class ResourceInvalid(InvalidInput):
    """What was said about an entry is incomplete or contradicts itself; `errors` says where."""

    code = "sharing.resource_invalid"
    title = "信息资源登记内容有误"


class ServiceInvalid(InvalidInput):
    """What was said about a data service cannot be registered; `errors` says where."""

    code = "sharing.service_invalid"
    title = "数据服务登记内容有误"


class GrantInvalid(InvalidInput):
    """What was asked for cannot be granted as it stands; `errors` says where."""

    code = "sharing.grant_invalid"
    title = "共享申请内容有误"


class NoGrant(Forbidden):
    """The caller has no grant to this service that is in force."""

    code = "sharing.no_grant"
    title = "没有有效的共享授权"


class GrantExpired(Forbidden):
    """The grant's last day is past."""

    code = "sharing.grant_expired"
    title = "共享授权已到期"


class OutsideGrant(Forbidden):
    """The purpose or a field is not in the grant; `errors` says which."""

    code = "sharing.outside_grant"
    title = "超出共享授权的用途或字段范围"


class QuotaUsed(TooManyRequests):
    """The day's calls of the grant are used up."""

    code = "sharing.quota_used"
    title = "今日调用次数已用完"


class ServicePaused(ServiceUnavailable):
    """The provider or the platform has paused the service."""

    code = "sharing.service_paused"
    title = "该数据服务已暂停"


class CallInvalid(InvalidInput):
    """The call lacks what the service needs; `errors` says what."""

    code = "sharing.call_invalid"
    title = "调用参数不完整"


class FlowIncomplete(ServiceUnavailable):
    """A composed service needs all its parts, and one did not answer; `parts` says which."""

    code = "sharing.flow_incomplete"
    title = "组合服务的部分数据暂时无法获取"


class PlaceInvalid(InvalidInput):
    """Coordinates that name no place, or a boundary that encloses nothing."""

    code = "sharing.place_invalid"
    title = "坐标或界线有误"
