"""Forms, drafts and pictures for tests."""

import io

from PIL import Image

from app_server.forms import service
from app_server.kernel.principal import Principal


def picture(kind: str = "JPEG", shade: int = 120) -> bytes:
    """A small, harmless picture."""
    out = io.BytesIO()
    Image.new("RGB", (320, 240), (shade, 80, 40)).save(out, kind)
    return out.getvalue()


async def simple_form() -> service.FormFacts:
    """A form with one trusted, one free and one consent field."""
    await service.publish(
        "test-form",
        "测试表单",
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["name", "address", "promise"],
            "properties": {
                "name": {"title": "姓名", "type": "string"},
                "address": {"title": "地址", "type": "string", "minLength": 5},
                "promise": {"title": "承诺", "type": "boolean", "const": True},
            },
        },
        {
            "order": ["name", "address", "promise"],
            "groups": [{"title": "全部", "fields": ["name", "address", "promise"]}],
            "widgets": {
                "name": {"kind": "text"},
                "address": {"kind": "text"},
                "promise": {"kind": "switch"},
            },
        },
        {"name": {"source": "person.name", "editable": False}},
    )
    return await service.form("test-form")


async def draft_of(owner: Principal) -> service.DraftFacts:
    """A draft of `simple_form` with a trusted name and one required material."""
    return await service.open_draft(
        service.NewDraft(
            person_id=owner.subject,
            form=await simple_form(),
            subject="TEST",
            subject_name="测试事项",
            data={"name": "李明轩"},
            sources={
                "name": {
                    "source_name": "实名账户",
                    "as_of": "2026-11-22T08:00:00+00:00",
                    "editable": False,
                }
            },
            materials=[{"code": "photo", "name": "照片", "required": True, "hint": "拍照上传"}],
        )
    )
