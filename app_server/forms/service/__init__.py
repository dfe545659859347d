"""Commands and queries of forms."""

from app_server.forms.providers.paper_reader import close_reader
from app_server.forms.rules import given
from app_server.forms.service.checks import read_one, with_checks
from app_server.forms.service.definitions import FormFacts, form, publish
from app_server.forms.service.drafts import (
    DraftFacts,
    NewDraft,
    complete,
    delete_draft,
    draft,
    drafts_waiting,
    drop_held,
    mark_used,
    open_draft,
    save,
)
from app_server.forms.service.files import (
    FILES,
    MAX_FILE,
    MAX_PICTURE,
    PICTURES,
    keep_file,
    keep_picture,
    release,
)
from app_server.forms.service.keeping import DraftSummary, drafts_of, expire
from app_server.forms.service.materials import (
    MAX_FILES,
    add_file,
    agree,
    give_file,
    propose,
    put_material,
    remove_file,
    remove_material,
    settle,
)
from app_server.forms.service.papers import files_of, paper_of
from app_server.forms.service.views import (
    Draft,
    DraftLine,
    DraftList,
    MaterialView,
    UiSchema,
    draft_view,
    material_views,
    ui_of,
)

__all__ = [
    "FILES",
    "MAX_FILE",
    "MAX_FILES",
    "MAX_PICTURE",
    "PICTURES",
    "Draft",
    "DraftFacts",
    "DraftLine",
    "DraftList",
    "DraftSummary",
    "FormFacts",
    "MaterialView",
    "NewDraft",
    "UiSchema",
    "add_file",
    "agree",
    "close_reader",
    "complete",
    "delete_draft",
    "draft",
    "draft_view",
    "drafts_of",
    "drafts_waiting",
    "drop_held",
    "expire",
    "files_of",
    "form",
    "give_file",
    "given",
    "keep_file",
    "keep_picture",
    "mark_used",
    "material_views",
    "open_draft",
    "paper_of",
    "propose",
    "publish",
    "put_material",
    "read_one",
    "release",
    "remove_file",
    "remove_material",
    "save",
    "settle",
    "ui_of",
    "with_checks",
]
