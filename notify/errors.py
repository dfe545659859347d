"""What can go wrong with messages."""

from app_server.kernel.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    Problem,
    ServiceUnavailable,
    TooManyRequests,
    Unauthenticated,
)


class NoSuchMessage(NotFound):
    """No such message in this inbox."""

    code = "notify.no_such_message"
    title = "没有这条消息"


class TooManyScreens(TooManyRequests):
    """Five open screens of one person listen already."""

    code = "notify.too_many_screens"
    title = "同时打开的页面太多"


class PhoneInvalid(InvalidInput):
    """Not a mainland mobile number."""

    code = "notify.phone_invalid"
    title = "手机号码不正确，请核对"


class ReceiptTooEarly(ServiceUnavailable):
    """A receipt of no message that is noted yet; whoever sent it says it again."""

    code = "notify.receipt_too_early"
    title = "回执早于发送结果，请稍后重发"


class CodeNotSent(ServiceUnavailable):
    """No carrier took the one-time code: nothing was sent."""

    code = "notify.code_not_sent"
    title = "验证码没有发出，请稍后再试"


class NoSuchTemplate(NotFound):
    """No such template, or no such version of it."""

    code = "notify.no_such_template"
    title = "没有这个模板"


class OwnDraft(Forbidden):
    """Two people publish words to residents: the author is not the publisher."""

    code = "notify.own_draft"
    title = "模板须由编写人以外的人发布"


class NotADraft(Conflict):
    """The version was published or replaced already."""

    code = "notify.not_a_draft"
    title = "这个版本已不是草稿"


class NoSuchDelivery(NotFound):
    """No such delivery."""

    code = "notify.no_such_delivery"
    title = "没有这条发送记录"


class NotParked(Conflict):
    """Only what failed for good is sent again by hand."""

    code = "notify.not_parked"
    title = "只有发送失败的消息可以重发"


class KeyRefused(Unauthenticated):
    """The token of a department is wrong, too old, or its key was revoked."""

    code = "notify.key_refused"
    title = "接口密钥无效或已停用"


class TeamKeyOnly(Problem):
    """A team key reaches the listed phones only."""

    code = "notify.not_on_team_list"
    status = 400
    title = "团队密钥只能发给名单内的号码"


class ChannelNotOffered(Problem):
    """This platform carries no e-mail and no letters."""

    code = "notify.channel_not_offered"
    status = 400
    title = "本平台不提供这个渠道"


class BadCallback(Problem):
    """A callback of a vendor is forged, stale, repeated or cannot be read."""

    code = "notify.bad_callback"
    status = 400
    title = "回调无效"
