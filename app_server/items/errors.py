"""What can go wrong with items."""

from app_server.kernel.errors import InvalidInput, NotFound


class NoSuchItem(NotFound):
    """No item is in force under this code."""

    code = "items.no_such_item"
    title = "没有找到该事项"


class ItemUnfit(InvalidInput):
    """The item breaks a rule of the catalogue; `errors` names each (R-ITM-02)."""

    code = "items.unfit"
    title = "事项内容不符合编制规则"
