"""What can go wrong with staff."""

from app_server.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound


class NoSuchStaff(NotFound):
    """No such staff member, no longer in post, or outside the asker's region."""

    code = "staff.no_such_staff"
    title = "没有找到该工作人员"


class NoSuchDepartment(NotFound):
    """No such department, or it is retired."""

    code = "staff.no_such_department"
    title = "没有找到该部门，或部门已停用"


class NoSuchSystem(NotFound):
    """No such department system, or it is retired."""

    code = "staff.no_such_system"
    title = "没有找到该业务系统"


class NoSuchMapping(NotFound):
    """No such live mapping."""

    code = "staff.no_such_mapping"
    title = "没有找到该账号绑定"


class NoSuchProposal(NotFound):
    """No such proposal, or it waits no longer."""

    code = "staff.no_such_proposal"
    title = "没有找到待复核的授权，或已处理"


class LoginTaken(Conflict):
    """The login belongs or belonged to somebody; logins are never used twice."""

    code = "staff.login_taken"
    title = "该账号名已被使用，请换一个"


class NotInThisState(Conflict):
    """The account's state does not allow this move."""

    code = "staff.not_in_this_state"
    title = "账号当前状态不能进行此操作，请刷新后再看"


class RolesExclude(InvalidInput):
    """System, security and audit administrators are kept apart, from each other and from work."""

    code = "staff.roles_exclude"
    title = "系统管理员、安全管理员、安全审计员须分设，也不能兼任业务岗位"


class UnknownRole(InvalidInput):
    """A role that does not exist."""

    code = "staff.unknown_role"
    title = "没有这个角色"


class WindowIncomplete(InvalidInput):
    """A window needs both its number and the level of its centre, and the role needs a window."""

    code = "staff.window_incomplete"
    title = "窗口编号与大厅层级须同时填写；实名认证窗口岗位必须填写"


class RegionOutside(InvalidInput):
    """The post's region does not lie in the department's."""

    code = "staff.region_outside"
    title = "岗位地区不在部门所辖地区之内"


class BeyondYourRegion(Forbidden):
    """The administrator answers for another region."""

    code = "staff.beyond_your_region"
    title = "超出您负责的地区"


class NotYourself(Forbidden):
    """Nobody administers their own account."""

    code = "staff.not_yourself"
    title = "不能对自己的账号进行此操作"


class NeedsAnother(Forbidden):
    """Administrator roles need two people: the other administrator must confirm."""

    code = "staff.needs_another"
    title = "须由另一类管理员复核，申请人和被授权人不能复核"


class AlreadyProposed(Conflict):
    """A proposal for this person waits already."""

    code = "staff.already_proposed"
    title = "该人员已有待复核的授权"


class BadOrgCode(InvalidInput):
    """The code fails its check character (GB 32100, GB 11714), or is missing at the top."""

    code = "staff.bad_org_code"
    title = "组织机构代码或统一社会信用代码不正确"


class OrgCodeTaken(Conflict):
    """Another department has this code."""

    code = "staff.org_code_taken"
    title = "该代码已登记为其他部门"


class DepartmentInUse(Conflict):
    """People, systems or departments below still stand in it."""

    code = "staff.department_in_use"
    title = "部门下还有在岗人员、下级部门或业务系统，不能停用"


class WrongAuthority(Conflict):
    """This belongs to another platform (R-ID-42, R-ID-33)."""

    code = "staff.wrong_authority"
    title = "不应接入本级平台"


class WrongMode(InvalidInput):
    """City and county systems attach as unified users only (R-ID-42)."""

    code = "staff.wrong_mode"
    title = "市、县级业务系统须以统一用户方式接入"


class SystemIncomplete(InvalidInput):
    """The mode needs an address, a token or a client that was not given."""

    code = "staff.system_incomplete"
    title = "该接入方式所需的内容没有填全"


class SystemCodeTaken(Conflict):
    """Another system has this code or client."""

    code = "staff.system_code_taken"
    title = "系统标识或客户端标识已被使用"


class NotMapped(Conflict):
    """The system does not map accounts."""

    code = "staff.not_mapped"
    title = "该系统不使用账号映射"


class BindCodeRefused(InvalidInput):
    """The code is wrong, used, too old, or of another system."""

    code = "staff.bind_code_refused"
    title = "绑定码不正确或已失效，请重新获取"


class AccountTaken(Conflict):
    """One local account, one officer, per system (R-ID-31)."""

    code = "staff.account_taken"
    title = "该本地账号或该人员已有绑定，请先解除"


class ActivationRefused(InvalidInput):
    """The login or code is wrong, used or too old; nobody learns which."""

    code = "staff.activation_refused"
    title = "账号或激活码不正确，或激活码已失效"
