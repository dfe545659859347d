"""What can go wrong with money."""

from app_server.kernel.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    ServiceUnavailable,
)


class NoSuchBill(NotFound):
    """No such bill, or it is somebody else's."""

    code = "payments.no_such_bill"
    title = "没有找到这张缴款单"


class NoSuchOrder(NotFound):
    """No such order, or it is somebody else's."""

    code = "payments.no_such_order"
    title = "没有找到这笔支付"


class NoSuchRefund(NotFound):
    """No such refund, or it is another agency's."""

    code = "payments.no_such_refund"
    title = "没有找到这笔退款"


class NoSuchFeeItem(NotFound):
    """No executing unit or fee item can have such a code."""

    code = "payments.no_such_fee_item"
    title = "执收单位或收费项目编码不正确"


class NoSuchReceipt(NotFound):
    """The bill has no valid receipt (yet)."""

    code = "payments.no_such_receipt"
    title = "电子票据还没有开出"


class FeeNotListed(InvalidInput):
    """The executing unit may not charge this (R-PAY-06); the facts name the code."""

    code = "payments.fee_not_listed"
    title = "该收费项目不在执收单位的收费目录内，不得收取"


class BillNotPayable(Conflict):
    """The bill is paid or void."""

    code = "payments.bill_not_payable"
    title = "该缴款单已缴清或已作废"


class BillInUse(Conflict):
    """A payment of the bill is under way: it cannot be voided or paid at the counter now."""

    code = "payments.bill_in_use"
    title = "该缴款单正在缴款，请稍后再试"


class NotThisWay(InvalidInput):
    """This channel does not take this kind of bill, or not on this device."""

    code = "payments.not_this_way"
    title = "该缴款单不能用这种方式缴纳"


class NotSignedInThere(Conflict):
    """The channel's own client pays for its own user, and this person has none there."""

    code = "payments.not_signed_in_there"
    title = "请先在该渠道登录"


class GatewayUnreachable(ServiceUnavailable):
    """The gateway does not answer; nothing is known, nothing is lost: try again."""

    code = "payments.gateway_unreachable"
    title = "支付渠道暂时无法连接，请稍后再试"


class GatewayRefused(Conflict):
    """The gateway refused to take the order."""

    code = "payments.gateway_refused"
    title = "支付渠道未能受理，请稍后再试"


class NotRefundable(Conflict):
    """More than what is left of the payment, or nothing was paid."""

    code = "payments.not_refundable"
    title = "退款金额超过可退金额"


class NeedsAnotherPerson(Forbidden):
    """Who asked for it cannot be who agrees."""

    code = "payments.needs_another_person"
    title = "须由另一人复核"


class BadNotice(BadRequest):
    """A payment notice whose form, clock or signature is wrong: nothing changes."""

    code = "payments.bad_notice"
    title = "通知无效"


class ProbedNotice(BadNotice):
    """A notice the channel signed wrongly on purpose, to see whether we look: no alarm."""


class BadBill(ValueError):
    """A channel's file whose rows cannot be read, or do not add up; nothing of it is used."""


class IllegalMove(Conflict):
    """The state table has no such edge."""

    code = "payments.illegal_move"
    title = "支付状态不允许此操作"


class NoSuchDay(NotFound):
    """No such day of an account."""

    code = "payments.no_such_day"
    title = "没有这一天的对账"


class NoSuchDifference(NotFound):
    """No such difference."""

    code = "payments.no_such_difference"
    title = "没有这条差异"


class DayNotProved(Conflict):
    """A day is closed only when nothing is open and its sums prove to zero."""

    code = "payments.day_not_proved"
    title = "还有未处理的差异或合计不平，不能日结"


class NoSuchPayer(NotFound):
    """Nobody with this name and number has an account here."""

    code = "payments.no_such_payer"
    title = "没有找到这位缴款人，请核对姓名和证件号码"


class ReferenceDiffers(Conflict):
    """The reference was used for another bill."""

    code = "payments.reference_differs"
    title = "这个业务编号已经开过内容不同的缴款单"


class NoSuchPaymentSystem(NotFound):
    """No such system, or it was ended."""

    code = "payments.no_such_system"
    title = "没有这个业务系统，或接入已停止"


class PaymentSystemTaken(Conflict):
    """The code is in use."""

    code = "payments.system_taken"
    title = "系统编码已被使用"
