"""What can go wrong when signing in."""

from types import MappingProxyType

from app_server.kernel.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    Problem,
    ServiceUnavailable,
    TooManyRequests,
    Unauthenticated,
)


class SignInRefused(Unauthenticated):
    """Login or password is wrong; nobody learns which, nor whether the account exists."""

    code = "grants.sign_in_refused"
    title = "账号或密码不正确"


class SignInLocked(Problem):
    """Too many wrong passwords: the account waits, whatever the next password is."""

    code = "grants.sign_in_locked"
    status = 429
    title = "密码错误次数过多，账号已暂时锁定，请稍后再试"


class TooManyTries(TooManyRequests):
    """Too many tries in a while from one address, phone or account; `retry_after_s` says when."""

    code = "grants.too_many_tries"
    title = "尝试次数过多，请稍后再试"


class SecondFactorNeeded(Unauthenticated):
    """The password was right: now the passkey or one-time password (GB/T 22239 8.1.4.1).

    `pending` continues this sign-in; `methods` are the officer's own. With none, one must be
    enrolled now by one of `enrol`.
    """

    code = "grants.second_factor_required"
    title = "密码正确，请完成第二重验证"


class PasswordOutdated(Unauthenticated):
    """The password was right and is too old: a new one must be set to go on with `pending`."""

    code = "grants.password_outdated"
    title = "密码已到期，请设置新密码"


class SignInRunOut(Unauthenticated):
    """The sign-in that was to be continued is over, used or unknown."""

    code = "grants.sign_in_run_out"
    title = "登录已超时，请重新输入密码"


class FactorRefused(Unauthenticated):
    """The passkey or one-time password did not prove what was asked."""

    code = "grants.factor_refused"
    title = "验证未通过，请重试"


class AlreadyEnrolled(Conflict):
    """There is a second factor: another one is added after signing in with it."""

    code = "grants.already_enrolled"
    title = "已设置第二重验证，请先用它登录"


class NoSuchPasskey(NotFound):
    """No such passkey of the caller."""

    code = "grants.no_such_passkey"
    title = "没有找到这个通行密钥"


class PasskeyTaken(Conflict):
    """The authenticator's key is registered."""

    code = "grants.passkey_taken"
    title = "该通行密钥已登记"


class TooManyPasskeys(Conflict):
    """No more passkeys fit one account."""

    code = "grants.too_many_passkeys"
    title = "通行密钥数量已达上限，请先删除不用的"


class LastFactor(Conflict):
    """Without it the officer could not sign in any more."""

    code = "grants.last_factor"
    title = "这是唯一的第二重验证，不能删除"


class NoSuchSession(NotFound):
    """No such running session of the caller."""

    code = "grants.no_such_session"
    title = "没有找到这个登录设备，或已退出"


class NoSuchChannel(NotFound):
    """No such binding of the caller."""

    code = "grants.no_such_channel"
    title = "没有找到这个绑定"


class NoticeRefused(Forbidden):
    """A vendor's notice does not bear the vendor's signature, or is too old."""

    code = "grants.notice_refused"
    title = "通知验签未通过"


class SamePassword(InvalidInput):
    """The new password is the old one."""

    code = "grants.same_password"
    title = "新密码不能与原密码相同"


class ResetRefused(Problem):
    """Phone and ID number are not one account's: nobody learns which part is wrong."""

    code = "grants.reset_refused"
    status = 422
    title = "填写的信息不正确，请核对手机号和身份证号码"


class SessionOver(Unauthenticated):
    """The session ended, was revoked, or its refresh token was used twice."""

    code = "grants.session_over"
    title = "登录已失效，请重新登录"


class WeakPassword(InvalidInput):
    """The password is too short, too common or holds the person's own data."""

    code = "grants.weak_password"
    title = "密码过于简单，请换一个"


class TermsOutdated(Conflict):
    """The terms that were agreed to are not the present ones."""

    code = "grants.terms_outdated"
    title = "用户协议已更新，请重新阅读并同意"


class ChannelRefused(BadRequest):
    """The WeChat or Alipay code was refused by the channel."""

    code = "grants.channel_refused"
    title = "授权已失效，请重新授权登录"


class ChannelUnreachable(ServiceUnavailable):
    """The channel does not answer."""

    code = "grants.channel_unreachable"
    title = "授权服务暂时不可用，请稍后再试"


class ChannelTaken(Conflict):
    """This channel account belongs to another person already; merging is refused (R-ID)."""

    code = "grants.channel_taken"
    title = "该微信或支付宝账号已绑定其他用户"


class ClientRefused(Unauthenticated):
    """Unknown client or wrong secret."""

    code = "grants.client_refused"
    title = "应用凭证无效"


class CrossSite(Problem):
    """A cookie-borne request came from another site."""

    code = "grants.cross_site"
    status = 403
    title = "请求来源不被允许"


class OAuthRefused(Problem):
    """A refusal in the words of OAuth: `error` is its registered name, the detail is English.

    RFC 6749 §5.2 and its extensions; the routes of the protocol render it in their own form.
    """

    code = "grants.oauth_refused"
    title = "授权请求无效"

    def __init__(self, error: str, description: str, *, challenge: str = "") -> None:
        super().__init__(description)
        self.error = error
        if challenge:
            self.headers = {"WWW-Authenticate": challenge}


class RelyingPartyInvalid(InvalidInput):
    """The registration of a relying party is not one we can stand for."""

    code = "grants.relying_party_invalid"
    title = "接入系统的登记信息有误"


class NoSuchInteraction(NotFound):
    """No such request, it was decided, it ran out, or another browser began it."""

    code = "grants.no_such_interaction"
    title = "授权请求已失效，请回到原系统重新登录"


class DutyMissing(Forbidden):
    """The officer has no account in a system that maps accounts, or may not enter it (R-ID-31)."""

    code = "grants.duty_missing"
    title = "您的岗位不能进入该系统，或尚未绑定该系统的账号"


class AnotherAdministratorNeeded(Forbidden):
    """Nobody removes their own second factor as an administrator (GB/T 22239 8.1.4)."""

    code = "grants.another_administrator_needed"
    title = "不能移除自己的第二重验证，请由另一位安全管理员办理"


class ReauthenticationNeeded(Unauthenticated):
    """The system asks that the person proves themselves anew (RFC 9470)."""

    code = "grants.reauthentication_required"
    title = "为保障安全，请再次输入密码确认"
    headers = MappingProxyType(
        {"WWW-Authenticate": 'Bearer error="insufficient_user_authentication", max_age="0"'}
    )


class RegistrationWaiting(ServiceUnavailable):
    """The registry is away: no account, but a request that is finished or refused later (R-ID-01).

    `request_id` and `expires_at` say which, and for how long it waits.
    """

    code = "grants.registration_waiting"
    title = "人口库暂时无法核验，您的注册申请已保存，核验完成后将用短信通知您"


class RegisteredAtProvince(Forbidden):
    """A city opens no accounts: people register with the province (R-ID-23); `register_at`."""

    code = "grants.registered_at_province"
    title = "本市不单独开户，请在省级平台注册，注册后即可在本市使用"
