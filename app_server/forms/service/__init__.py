"""Commands and queries of forms."""

from app_server.forms.service.definitions import FormFacts, form, publish
from app_server.forms.service.drafts import (
    DraftFacts,
    NewDraft,
    draft,
    mark_used,
    open_draft,
    put_material,
    remove_material,
    save,
)
from app_server.forms.service.files import MAX_PICTURE, PICTURES, keep_picture
from app_server.forms.service.views import (
    Draft,
    MaterialView,
    UiSchema,
    draft_view,
    material_views,
    ui_of,
)

__all__ = [
    "MAX_PICTURE",
    "PICTURES",
    "Draft",
    "DraftFacts",
    "FormFacts",
    "MaterialView",
    "NewDraft",
    "UiSchema",
    "draft",
    "draft_view",
    "form",
    "keep_picture",
    "mark_used",
    "material_views",
    "open_draft",
    "publish",
    "put_material",
    "remove_material",
    "save",
    "ui_of",
]
