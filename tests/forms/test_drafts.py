"""Drafts: whose they are, what may be written into them, and what pictures pass."""

import asyncio
import struct
import zlib
from typing import Any

import httpx
import pytest

from app_server.forms import service
from app_server.kernel import db
from app_server.kernel.errors import InvalidInput
from tests.builders.forms import draft_of, picture
from tests.builders.people import bearer, resident

JPEG = {"content-type": "image/jpeg"}


async def test_a_stranger_without_credentials_reads_no_draft(public: httpx.AsyncClient) -> None:
    draft = await draft_of(await resident())
    assert (await public.get(f"/drafts/{draft.id}")).status_code == 401


async def test_another_persons_draft_does_not_exist(public: httpx.AsyncClient) -> None:
    draft = await draft_of(await resident())
    other = await bearer(await resident(name="王芳"))
    reply = await public.get(f"/drafts/{draft.id}", headers=other)
    assert reply.status_code == 404
    assert reply.json()["code"] == "forms.no_such_draft"
    put = await public.put(
        f"/drafts/{draft.id}", headers={**other, "if-match": '"1"'}, json={"data": {}}
    )
    assert put.status_code == 404


async def test_the_owner_saves_step_by_step_and_gets_a_new_version(
    public: httpx.AsyncClient,
) -> None:
    owner = await resident()
    draft, headers = await draft_of(owner), await bearer(owner)
    reply = await public.put(
        f"/drafts/{draft.id}",
        headers={**headers, "if-match": '"1"'},
        json={"data": {"name": "李明轩", "address": "谯"}},
    )
    assert reply.status_code == 200, reply.text
    body = reply.json()
    assert body["data"] == {"name": "李明轩", "address": "谯"}
    assert body["version"] == 2
    assert reply.headers["etag"] == '"2"'
    assert body["schema"]["properties"]["name"]["title"] == "姓名"
    assert body["sources"]["name"]["source_name"] == "实名账户"


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        ({"unknown": 1}, "unknown", "不认识的字段"),
        ({"address": 5}, "address", "应为文字"),
        ({"name": "王芳"}, "name", "来自实名账户，不能修改"),
    ],
)
async def test_unknown_fields_wrong_kinds_and_changed_trusted_values_are_refused(
    public: httpx.AsyncClient, data: dict[str, Any], field: str, message: str
) -> None:
    owner = await resident()
    draft, headers = await draft_of(owner), await bearer(owner)
    reply = await public.put(
        f"/drafts/{draft.id}", headers={**headers, "if-match": '"1"'}, json={"data": data}
    )
    assert reply.status_code == 422
    assert reply.json()["errors"] == [{"field": field, "message": message}]
    assert (await service.draft(owner.subject, draft.id)).data == {"name": "李明轩"}


async def test_leaving_a_trusted_value_out_keeps_it(database: None) -> None:
    owner = await resident()
    draft = await draft_of(owner)
    saved = await service.save(owner.subject, draft.id, 1, {"address": "谯城区"})
    assert saved.data["name"] == "李明轩"


async def test_saving_over_another_version_is_refused(public: httpx.AsyncClient) -> None:
    owner = await resident()
    draft, headers = await draft_of(owner), await bearer(owner)
    address = f"/drafts/{draft.id}"
    stale = await public.put(address, headers={**headers, "if-match": '"7"'}, json={"data": {}})
    assert stale.status_code == 412
    assert (await public.put(address, headers=headers, json={"data": {}})).status_code == 428


async def test_of_twenty_parallel_saves_of_one_version_one_wins(database: None) -> None:
    owner = await resident()
    draft = await draft_of(owner)
    results = await asyncio.gather(
        *(
            service.save(owner.subject, draft.id, 1, {"address": f"谯城区 {n} 号"})
            for n in range(20)
        ),
        return_exceptions=True,
    )
    assert sum(not isinstance(r, BaseException) for r in results) == 1


async def test_a_picture_is_kept_re_encoded_with_a_signed_preview(
    public: httpx.AsyncClient,
) -> None:
    owner = await resident()
    draft, headers = await draft_of(owner), await bearer(owner)
    address = f"/drafts/{draft.id}/materials/photo"
    reply = await public.put(
        address,
        params={"name": "我的照片.png"},
        headers={**headers, "content-type": "image/png"},
        content=picture("PNG"),
    )
    assert reply.status_code == 200, reply.text
    file = reply.json()["materials"][0]["file"]
    assert file["name"] == "我的照片.png"
    assert file["preview_url"].startswith("/files/forms/")
    removed = await public.delete(address, headers=headers)
    assert removed.json()["materials"][0]["file"] is None


async def test_a_material_nobody_asked_for_is_refused(public: httpx.AsyncClient) -> None:
    owner = await resident()
    draft, headers = await draft_of(owner), await bearer(owner)
    reply = await public.put(
        f"/drafts/{draft.id}/materials/other", headers={**headers, **JPEG}, content=picture()
    )
    assert reply.status_code == 404
    assert reply.json()["code"] == "forms.no_such_material"


def _bomb() -> bytes:
    """A PNG whose header promises 12000 x 12000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        mark = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", mark)

    header = struct.pack(">IIBBBBB", 12000, 12000, 8, 2, 0, 0, 0)
    packed = zlib.compress(bytes(12000 * 36000 // 100), 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        ("这是一份文本".encode() * 100, 422, "image.not_an_image"),
        (_bomb(), 422, "image.too_many_pixels"),
        (picture()[:-40], 422, "image.truncated"),
        (b"\xff\xd8\xff" + bytes(9 * 1024 * 1024), 413, "kernel.payload_too_large"),
    ],
    ids=["text named .jpg", "png bomb", "half a picture", "9 MB"],
)
async def test_a_bad_picture_is_refused_in_chinese_and_changes_nothing(
    public: httpx.AsyncClient, content: bytes, status: int, code: str
) -> None:
    owner = await resident()
    draft, headers = await draft_of(owner), await bearer(owner)
    reply = await public.put(
        f"/drafts/{draft.id}/materials/photo",
        params={"name": "合同.jpg"},
        headers={**headers, **JPEG},
        content=content,
    )
    assert reply.status_code == status, reply.text
    assert reply.json()["code"] == code
    assert any("\u4e00" <= char <= "\u9fff" for char in reply.json()["title"])
    after = await service.draft(owner.subject, draft.id)
    assert (after.version, after.materials[0]["file"]) == (1, None)


async def test_a_photo_of_20_mb_is_refused_before_it_is_sent(
    public: httpx.AsyncClient,
) -> None:
    owner = await resident()
    draft, headers = await draft_of(owner), await bearer(owner)
    reader, writer = await asyncio.open_connection(public.base_url.host, public.base_url.port)
    writer.write(
        f"PUT /api/v1/drafts/{draft.id}/materials/photo HTTP/1.1\r\nhost: localhost\r\n"
        f"authorization: {headers['authorization']}\r\ncontent-type: image/jpeg\r\n"
        f"content-length: {20 * 1024 * 1024}\r\n\r\n".encode()
    )
    reply = (await asyncio.wait_for(reader.read(8192), 5)).decode()
    writer.close()
    assert reply.startswith("HTTP/1.1 413")
    assert "上传的内容过大" in reply
    assert (await service.draft(owner.subject, draft.id)).version == 1


async def test_a_pdf_is_not_a_picture(public: httpx.AsyncClient) -> None:
    owner = await resident()
    draft, headers = await draft_of(owner), await bearer(owner)
    reply = await public.put(
        f"/drafts/{draft.id}/materials/photo",
        headers={**headers, "content-type": "application/pdf"},
        content=b"%PDF-1.7",
    )
    assert reply.status_code == 415


async def test_draft_data_is_not_readable_in_the_database(database: None) -> None:
    owner = await resident()
    draft = await draft_of(owner)
    stored = await db.value("SELECT data FROM forms_draft WHERE id=$1", draft.id)
    assert "李明轩" not in stored


async def test_publishing_the_same_form_twice_makes_no_new_version(database: None) -> None:
    first = (await draft_of(await resident())).form
    again = (await draft_of(await resident(name="王芳"))).form
    assert (first.version, again.version) == (1, 1)


async def test_a_submission_names_every_missing_field_and_material(database: None) -> None:
    draft = await draft_of(await resident())
    with pytest.raises(InvalidInput) as caught:
        draft.checked_for_submission()
    assert {"field": "address", "message": "必填"} in caught.value.facts["errors"]
