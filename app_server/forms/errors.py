"""What can go wrong with forms, drafts and files."""

from app_server.kernel.errors import Conflict, NotFound


class NoSuchForm(NotFound):
    """No form is published under this code."""

    code = "forms.no_such_form"
    title = "没有找到这张表单"


class NoSuchDraft(NotFound):
    """No such draft, or it is another person's."""

    code = "forms.no_such_draft"
    title = "没有找到这份草稿"


class NoSuchMaterial(NotFound):
    """The material is not asked for here."""

    code = "forms.no_such_material"
    title = "这里不需要这份材料"


class DraftUsed(Conflict):
    """The draft was submitted and cannot change any more."""

    code = "forms.draft_used"
    title = "这份草稿已经提交，不能再修改"
