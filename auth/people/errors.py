"""What can go wrong with people, phones, codes and consents."""

from app_server.kernel.errors import Conflict, InvalidInput, NotFound, Problem, TooManyRequests


class IdNumberInvalid(InvalidInput):
    """The ID number fails GB 11643 (region, date or check digit)."""

    code = "people.id_number_invalid"
    title = "身份证号码不正确，请核对"


class TooYoung(InvalidInput):
    """Registration needs an age that may act alone."""

    code = "people.too_young"
    title = "未满 16 周岁，请由监护人陪同到政务大厅办理"


class AlreadyRegistered(Conflict):
    """The ID number or phone belongs to an account; one neutral sentence for both."""

    code = "people.already_registered"
    title = "该身份信息或手机号已注册，请直接登录"


class CodeRefused(Problem):
    """The one-time code is wrong, used, expired or was never sent: nobody learns which."""

    code = "people.code_refused"
    status = 422
    title = "验证码不正确或已失效"


class CodeTooSoon(TooManyRequests):
    """Codes to one phone: one a minute, five an hour, ten a day."""

    code = "people.code_too_soon"
    title = "验证码发送太频繁，请稍后再试"


class CodeTriesSpent(TooManyRequests):
    """Ten codes an hour are tried for one phone, whatever was sent and what for."""

    code = "people.code_tries_spent"
    title = "验证码尝试次数过多，请稍后再试"


class ConsentMissing(Problem):
    """The act needs a separate consent that is not there (PIPL art. 29)."""

    code = "people.consent_missing"
    status = 409
    title = "需要先单独同意后才能继续"


class NoSuchPerson(NotFound):
    """No such person."""

    code = "people.no_such_person"
    title = "没有找到该用户"


class NoSuchRegistration(NotFound):
    """No such registration request, or it has ended."""

    code = "people.no_such_registration"
    title = "没有找到这次注册申请，或已结束"
