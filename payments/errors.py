"""What can go wrong with money."""

from app_server.kernel.errors import BadRequest, Conflict, NotFound, ServiceUnavailable


class NoSuchBill(NotFound):
    """No such bill, or it is somebody else's."""

    code = "payments.no_such_bill"
    title = "没有找到这张缴款单"


class NoSuchOrder(NotFound):
    """No such order, or it is somebody else's."""

    code = "payments.no_such_order"
    title = "没有找到这笔支付"


class BillNotPayable(Conflict):
    """The bill is paid or void."""

    code = "payments.bill_not_payable"
    title = "该缴款单已缴清或已作废"


class GatewayUnreachable(ServiceUnavailable):
    """The gateway does not answer; nothing is known, nothing is lost: try again."""

    code = "payments.gateway_unreachable"
    title = "支付渠道暂时无法连接，请稍后再试"


class GatewayRefused(Conflict):
    """The gateway refused to take the order."""

    code = "payments.gateway_refused"
    title = "支付渠道未能受理，请稍后再试"


class BadNotice(BadRequest):
    """A payment notice whose form, clock or signature is wrong: nothing changes."""

    code = "payments.bad_notice"
    title = "通知无效"


class IllegalMove(Conflict):
    """The state table has no such edge."""

    code = "payments.illegal_move"
    title = "支付状态不允许此操作"
