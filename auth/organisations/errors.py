"""What can go wrong with organisations and those who act for them."""

from app_server.kernel.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    Problem,
    ServiceUnavailable,
)


class CreditCodeInvalid(InvalidInput):
    """Length, characters, registering authority or a check digit is wrong (GB 32100)."""

    code = "organisations.credit_code_invalid"
    title = "统一社会信用代码不正确"

    def __init__(self) -> None:
        super().__init__(errors=[{"field": "credit_code", "message": self.title}])


class OrganisationMismatch(Problem):
    """The libraries do not all agree with what was filled in; nobody learns which (R-ID-17)."""

    code = "organisations.mismatch"
    status = 422
    title = "填写的单位信息未能通过核验，请核对后再试"


class RegistryUnreachable(ServiceUnavailable):
    """A registry does not answer: no organisation is admitted unchecked."""

    code = "organisations.registry_unreachable"
    title = "登记机关的数据库暂时无法核验，请稍后再试"


class RepresentativeNotVerified(Conflict):
    """The representative must hold a real-name account of their own first (R-ID-19)."""

    code = "organisations.rep_not_verified"
    title = "法定代表人还没有完成个人实名注册，请先由本人注册"


class OrganisationRegistered(Conflict):
    """An organisation with this credit code is registered."""

    code = "organisations.already_registered"
    title = "该单位已注册"


class NoSuchOrganisation(NotFound):
    """No such organisation that the caller acts for."""

    code = "organisations.no_such_organisation"
    title = "没有找到该单位"


class OrganisationLapsed(Forbidden):
    """It was cancelled or revoked at the registry (R-ID-43)."""

    code = "organisations.lapsed"
    title = "该单位已注销或被吊销，不能办理业务"


class NotInThisState(Conflict):
    """The organisation or delegation is not in the state this needs."""

    code = "organisations.not_in_this_state"
    title = "当前状态不能进行此操作"


class RepresentativeOnly(Forbidden):
    """Only the representative may do this."""

    code = "organisations.representative_only"
    title = "只有法定代表人可以进行此操作"


class NoSuchDelegation(NotFound):
    """No such delegation of this organisation."""

    code = "organisations.no_such_delegation"
    title = "没有找到该授权"


class DelegateNotFound(Problem):
    """Name and number name no real-name account; nobody learns which part is wrong."""

    code = "organisations.delegate_not_found"
    status = 422
    title = "没有找到这位实名用户，请核对姓名和身份证号码"


class BeyondDelegation(Forbidden):
    """A delegate asks for what the delegation, its dates or its level does not cover (R-ID-20)."""

    code = "organisations.beyond_delegation"
    title = "您的授权不包括此事项，请由法定代表人办理"


class LevelTooLow(Forbidden):
    """The organisation's level does not reach what the act needs (R-ID-21, R-ID-22)."""

    code = "organisations.level_too_low"
    title = "办理此事项需要单位完成更高等级的认证"


class ProofRefused(Problem):
    """The tax account or certificate does not prove this organisation."""

    code = "organisations.proof_refused"
    status = 422
    title = "未能通过单位认证，请核对后再试"


class NoSuchChallenge(NotFound):
    """No such certificate challenge, or its time is up, or it was used."""

    code = "organisations.no_such_challenge"
    title = "认证已超时，请重新开始"


class TooManyTries(Problem):
    """Too many refusals in the last hours."""

    code = "organisations.too_many_tries"
    status = 429
    title = "尝试次数过多，请六小时后再试，或到政务服务大厅办理"
