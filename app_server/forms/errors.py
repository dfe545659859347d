"""What can go wrong with forms, drafts and files."""

from app_server.kernel.errors import Conflict, NotFound, Problem


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


class FormRefused(Problem):
    """A form definition may not be published; `reasons` says why."""

    code = "forms.definition_refused"
    status = 422
    title = "表单定义不符合发布要求"


class FileRefused(Problem):
    """A file was not taken in; the subclass says why."""

    code = "forms.file_refused"
    status = 422
    title = "文件无法使用，请更换后再试"


class KindNotTaken(FileRefused):
    """This material is asked for in another kind of file."""

    code = "forms.kind_not_taken"
    status = 415
    title = "这份材料不接受这种文件类型"


class DocumentTooLarge(FileRefused):
    """More bytes than a document may have."""

    code = "forms.document_too_large"
    status = 413
    title = "文件过大，请压缩后再上传"


class DocumentUnreadable(FileRefused):
    """No PDF, or a damaged one."""

    code = "forms.document_unreadable"
    title = "PDF文件不完整或已损坏，请重新上传"


class DocumentLocked(FileRefused):
    """A PDF that only opens with a password."""

    code = "forms.document_locked"
    title = "PDF文件设有密码，请取消密码后再上传"


class DocumentTooLong(FileRefused):
    """More pages than a document may have; `max_pages` is in the facts."""

    code = "forms.document_too_long"
    title = "PDF文件页数过多，请分开上传"


class FileInfected(FileRefused):
    """The virus scanner found something."""

    code = "forms.file_infected"
    title = "文件中发现病毒或恶意内容，未予保存"


class TooManyFiles(FileRefused):
    """The material holds as many files as it may."""

    code = "forms.too_many_files"
    title = "这份材料的文件数量已达上限"


class NoSuchFile(NotFound):
    """The material holds no file with this id."""

    code = "forms.no_such_file"
    title = "没有找到这个文件"


class NothingOffered(Conflict):
    """No such licence is offered for this material (any more)."""

    code = "forms.nothing_offered"
    title = "没有待确认的证照，可能已经处理过"


class NoCommitment(Conflict):
    """This material cannot be replaced by a commitment, or another text was agreed to."""

    code = "forms.no_commitment"
    title = "承诺书内容已变化或此材料不适用告知承诺，请刷新后再试"
