"""What can go wrong with appointments."""

from app_server.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound


class NoSuchSlot(NotFound):
    """No such slot."""

    code = "appointments.no_such_slot"
    title = "没有这个预约时段"


class NoSuchBooking(NotFound):
    """No such booking, or it is another person's."""

    code = "appointments.no_such_booking"
    title = "没有找到这个预约"


class SlotFull(Conflict):
    """The last seat is gone."""

    code = "appointments.slot_full"
    title = "该时段已约满，请选择其他时段"


class SlotOver(Conflict):
    """The slot has begun."""

    code = "appointments.slot_over"
    title = "该时段已开始，不能再预约或取消"


class AlreadyBooked(Conflict):
    """The person holds a booking for this item already."""

    code = "appointments.already_booked"
    title = "您已预约该事项，请改约或取消后再约"


class BookingEnded(Conflict):
    """The booking was cancelled, kept or missed."""

    code = "appointments.booking_ended"
    title = "该预约已结束"


class TooManyMissed(Forbidden):
    """Missed too often lately; `until` says when booking is possible again."""

    code = "appointments.too_many_missed"
    title = "近期多次预约后未到场，暂不能网上预约，可直接到窗口办理"


class NotYourHall(Forbidden):
    """The hall is in another division."""

    code = "appointments.not_your_hall"
    title = "只能管理本地区的办事大厅"


class NoAppointments(InvalidInput):
    """A plan that names no working day or no future."""

    code = "appointments.bad_plan"
    title = "号源安排不正确"
