"""What can go wrong with parcels."""

from app_server.kernel.errors import Conflict, Forbidden, NotFound, ServiceUnavailable


class NoSuchParcel(NotFound):
    """No such parcel, or it is another person's."""

    code = "logistics.no_such_parcel"
    title = "没有找到这个包裹"


class NoSuchDifference(NotFound):
    """No such difference, or of another place."""

    code = "logistics.no_such_difference"
    title = "没有找到这条差异"


class NoContract(Conflict):
    """No contract in force reaches this place."""

    code = "logistics.no_contract"
    title = "该地区暂未开通寄递服务"


class ContentsDiffer(Conflict):
    """What is handed over is not what the list says."""

    code = "logistics.contents_differ"
    title = "交寄物品与清单不一致，请核对"


class NotNow(Conflict):
    """The parcel is in another state."""

    code = "logistics.not_now"
    title = "包裹当前状态不能这样处理"


class SlotTaken(Conflict):
    """The carrier has nobody left in this window, or it is no window of theirs."""

    code = "logistics.slot_taken"
    title = "该时段已约满或不可预约，请选择其他时段"


class CarrierSilent(ServiceUnavailable):
    """No carrier answers just now."""

    code = "logistics.carrier_silent"
    title = "快递公司暂时没有响应，请稍后再试"


class BadNotice(Forbidden):
    """A carrier's notice is not signed, too old, or not readable."""

    code = "logistics.bad_notice"
    title = "物流通知验签失败"


class BadBill(ValueError):
    """A carrier's bill file is not what its format says."""
