"""What can go wrong between us and other systems."""

from app_server.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound


class NoSuchSystem(NotFound):
    """No such department system, or it is not the caller's."""

    code = "exchange.no_such_system"
    title = "没有找到这个业务系统"


class NoSuchDelivery(NotFound):
    """No such delivery to this system that could be sent again."""

    code = "exchange.no_such_delivery"
    title = "没有可以重发的推送记录"


class SystemInvalid(InvalidInput):
    """What was said about a system cannot be registered; `detail` says why."""

    code = "exchange.system_invalid"
    title = "业务系统登记信息有误"


class SystemTaken(Conflict):
    """The code is another system's."""

    code = "exchange.system_taken"
    title = "该系统编码已登记"


class SystemPaused(Forbidden):
    """The system rests: nothing is sent to it and nothing taken from it."""

    code = "exchange.system_paused"
    title = "该业务系统已暂停交换"


class BadSignature(Forbidden):
    """The message is not signed by the system, not for us, not of now, or was changed."""

    code = "exchange.bad_signature"
    title = "报文签名无效"


class MessageDiffers(Conflict):
    """This message id was used for another message."""

    code = "exchange.message_differs"
    title = "同一报文编号的内容不一致"


class OutOfOrder(Conflict):
    """An earlier message about this case is missing; `expected` is the number that comes next."""

    code = "exchange.out_of_order"
    title = "报文次序不连续，请先发送前一条"


class MessageRefused(InvalidInput):
    """The message asks for what the law's state table does not allow now; `errors` says why."""

    code = "exchange.message_refused"
    title = "报文未被采纳，办件保持原状"


class BatchDiffers(Conflict):
    """This batch number was used for other rows."""

    code = "exchange.batch_differs"
    title = "同一批次号的内容不一致"


class ProvinceOnly(Conflict):
    """Cities converge at the province, and nowhere else."""

    code = "exchange.province_only"
    title = "此功能仅在省级平台可用"


class PeerMessageRefused(Forbidden):
    """A message of another platform that is not signed, not ours to take, or not well formed."""

    code = "exchange.peer_message_refused"
    title = "平台间报文未被采纳"


class NotYourItem(Forbidden):
    """The item belongs to another organisation."""

    code = "exchange.not_your_item"
    title = "只能设置本部门事项的补录时限"
