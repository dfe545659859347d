"""What can go wrong with move-car codes and requests."""

from app_server.kernel.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    TooManyRequests,
)


class BadPlate(InvalidInput):
    """No plate of the national patterns (GA 36)."""

    code = "move_car.bad_plate"
    title = "车牌号不正确，请核对"


class NotYourVehicle(Forbidden):
    """The registry does not know the vehicle as this person's."""

    code = "move_car.not_your_vehicle"
    title = "机动车登记库中没有您名下的这辆车"


class AlreadyHasCode(Conflict):
    """The person holds a live code for this plate."""

    code = "move_car.already_has_code"
    title = "这辆车已有挪车码，如遗失请重新制码"


class NoSuchCode(NotFound):
    """No such live code, or it is another person's."""

    code = "move_car.no_such_code"
    title = "挪车码不存在或已停用"


class CodeEnded(Conflict):
    """The code was replaced or stopped meanwhile."""

    code = "move_car.code_ended"
    title = "该挪车码已停用或已更换"


class NoSuchRequest(NotFound):
    """No such request, or it is not this person's."""

    code = "move_car.no_such_request"
    title = "没有找到这次挪车请求"


class RequestOver(Conflict):
    """The request was answered, ended or handed over."""

    code = "move_car.request_over"
    title = "这次挪车请求已结束"


class TooManyRequestsHere(TooManyRequests):
    """Beyond the hour's or the day's limit of the caller or the car."""

    code = "move_car.too_many_requests"
    title = "请求过于频繁，请稍后再试；紧急情况请拨打交警电话 122"


class Blocked(Forbidden):
    """The owner reported this caller for abuse."""

    code = "move_car.blocked"
    title = "您不能再向该车主发起挪车请求，如确有需要请拨打交警电话 122"


class BadCallReport(Forbidden):
    """A call report nobody signed, or an old one."""

    code = "move_car.bad_call_report"
    title = "通话报告签名无效"
