"""What can go wrong with parcels."""

from app_server.kernel.errors import Conflict, Forbidden, NotFound


class NoSuchParcel(NotFound):
    """No such parcel, or it is another person's."""

    code = "logistics.no_such_parcel"
    title = "没有找到这个包裹"


class ContentsDiffer(Conflict):
    """What is handed over is not what the list says."""

    code = "logistics.contents_differ"
    title = "交寄物品与清单不一致，请核对"


class NotNow(Conflict):
    """The parcel is in another state."""

    code = "logistics.not_now"
    title = "包裹当前状态不能这样处理"


class BadNotice(Forbidden):
    """A courier's notice is not signed, too old, or seen before."""

    code = "logistics.bad_notice"
    title = "物流通知验签失败"
