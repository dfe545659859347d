"""What can go wrong when signing in."""

from app_server.kernel.errors import (
    BadRequest,
    Conflict,
    InvalidInput,
    Problem,
    ServiceUnavailable,
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
