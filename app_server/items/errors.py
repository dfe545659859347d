"""What can go wrong with items."""

from app_server.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound


class NoSuchItem(NotFound):
    """No item is in force under this code."""

    code = "items.no_such_item"
    title = "没有找到该事项"


class ItemUnfit(InvalidInput):
    """The item breaks a rule of the catalogue; `errors` names each (R-ITM-02)."""

    code = "items.unfit"
    title = "事项内容不符合编制规则"


class LockedElement(Conflict):
    """An implementation changes what all places share; `errors` names each (R-ITM-04)."""

    code = "items.locked_element"
    title = "“三级四同”要素由目录清单统一规定，不能在实施清单中修改"


class NotTheOwner(Forbidden):
    """Only the organisation that compiles an item maintains it (谁编制谁维护, R-ITM-09)."""

    code = "items.not_the_owner"
    title = "该事项由其他单位维护，您不能修改"


class ProvinceOnly(Forbidden):
    """Only the province's editors create, change and close catalogue items (R-ITM-06)."""

    code = "items.province_only"
    title = "目录清单由省级统一编制，市县可以提出建议"


class NotYourReview(Forbidden):
    """This review belongs to another organisation (R-ITM-07)."""

    code = "items.not_your_review"
    title = "此项审核由其他单位负责"


class FourPeople(Forbidden):
    """Who wrote or reviewed a draft does not review it again: it takes four people (R-ITM-07)."""

    code = "items.four_people"
    title = "编制与各级审核须由不同人员完成"


class DirectPublishing(Forbidden):
    """Where real people are served an item is published by its review chain alone (R-ITM-07)."""

    code = "items.direct_publishing"
    title = "事项须经审核后发布"


class NotInThisState(Conflict):
    """The draft is at another station of its way."""

    code = "items.not_in_this_state"
    title = "草案当前状态不允许此操作，请刷新后再试"


class DraftOpen(Conflict):
    """Another draft of this item is open."""

    code = "items.draft_open"
    title = "该事项已有正在编制的草案"


class NoSuchDraft(NotFound):
    """There is no such draft, or it is not for the caller to see."""

    code = "items.no_such_draft"
    title = "没有找到该草案"


class NoSuchCatalogueItem(NotFound):
    """The catalogue list holds no such item."""

    code = "items.no_such_catalogue_item"
    title = "目录清单中没有该事项"


class CatalogueItemExists(Conflict):
    """The basic code is taken."""

    code = "items.catalogue_item_exists"
    title = "该基本编码已被使用"


class NoSuchEntry(NotFound):
    """No list or library holds this."""

    code = "items.no_such_entry"
    title = "没有找到相关内容"


class AlreadyVoted(Conflict):
    """One person says once that a post helped."""

    code = "items.already_voted"
    title = "您已经点过“有帮助”"


class FileUnreadable(InvalidInput):
    """A file of items cannot be read at all."""

    code = "items.file_unreadable"
    title = "文件无法读取，请检查格式与编码"
