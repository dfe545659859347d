"""The part of `app.json` of an app without pages: its back end's services, drawn by the shell."""

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from miniapps.service.manifest_back_ends import Address, checked, origin_of_address
from miniapps.service.manifest_part import Part, no_twice

_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
# Names within the reply, from its root or from one entry: `data.list`, `name`.
_WORD = r"[A-Za-z_][A-Za-z0-9_]{0,39}"
_Place = Annotated[str, Field(pattern=rf"^{_WORD}(\.{_WORD}){{0,4}}$")]
_Text = Annotated[str, Field(min_length=1, max_length=60)]
PAGING = "after"


class Choice(Part):
    """One value a field may have, and its words."""

    const: Annotated[str, Field(max_length=60, description="值")]
    title: Annotated[_Text, Field(description="给人看的名称")]


class FormField(Part):
    """One field of a form: the words of JSON Schema that a form of ours can show."""

    type: Annotated[
        Literal["string", "integer", "number", "boolean"], Field(description="类型")
    ] = "string"
    title: Annotated[_Text, Field(description="名称")]
    description: Annotated[str | None, Field(max_length=120, description="说明")] = None
    format: Annotated[Literal["date"] | None, Field(description="格式，date 为日期")] = None
    pattern: Annotated[str | None, Field(max_length=120, description="正则")] = None
    min_length: Annotated[
        int | None, Field(alias="minLength", ge=0, le=2000, description="最少字数")
    ] = None
    max_length: Annotated[
        int | None, Field(alias="maxLength", ge=1, le=2000, description="最多字数")
    ] = None
    minimum: Annotated[float | None, Field(strict=False, description="最小值")] = None
    maximum: Annotated[float | None, Field(strict=False, description="最大值")] = None
    one_of: Annotated[
        list[Choice] | None,
        Field(alias="oneOf", min_length=1, max_length=100, description="可选的值"),
    ] = None


class FormSchema(Part):
    """What is asked for; nothing else is accepted."""

    type: Annotated[Literal["object"], Field(description="固定为对象")] = "object"
    properties: Annotated[
        dict[_Name, FormField], Field(min_length=1, max_length=30, description="字段")
    ]
    required: Annotated[list[_Name], Field(max_length=30, description="必填的字段")] = []

    @field_validator("properties")
    @classmethod
    def _ours(cls, properties: dict[str, FormField]) -> dict[str, FormField]:
        if PAGING in properties:
            raise ValueError(f"{PAGING} 用于翻页，不能作字段名")
        return properties

    @field_validator("required")
    @classmethod
    def _known(cls, required: list[str], info: ValidationInfo) -> list[str]:
        if strange := set(required) - set(info.data.get("properties", required)):
            raise ValueError(f"没有字段 {min(strange)}")
        return no_twice(required)


class Form(Part):
    """A form: its fields in order, and what stands above them."""

    fields: Annotated[FormSchema, Field(description="字段，写法同 JSON Schema")]
    note: Annotated[str, Field(max_length=200, description="表单上方的说明")] = ""

    @property
    def json_schema(self) -> dict[str, Any]:
        """The whole JSON Schema (2020-12) of what may be sent."""
        told = self.fields.model_dump(by_alias=True, exclude_none=True)
        return told | {"additionalProperties": False}


class ResultField(Part):
    """One line of a result."""

    label: Annotated[_Text, Field(description="名称")]
    place: Annotated[_Place, Field(description="值在回复中的位置，如 data.amount")]


class Result(Part):
    """Where in the reply stands what the person sees."""

    kind: Annotated[
        Literal["record", "list", "message"],
        Field(description="record 一份记录，list 列表，message 一句话"),
    ]
    fields: Annotated[
        list[ResultField], Field(max_length=20, description="记录或每一项的各行")
    ] = []
    items: Annotated[_Place | None, Field(description="列表的位置")] = None
    title: Annotated[_Place | None, Field(description="每一项标题的位置")] = None
    summary: Annotated[_Place | None, Field(description="每一项摘要的位置")] = None
    text: Annotated[_Place | None, Field(description="一句话的位置")] = None
    next: Annotated[
        _Place | None, Field(description=f"下一页标记的位置；取下一页时作 {PAGING} 送回")
    ] = None


_NEEDED = {"record": ("fields",), "list": ("items", "title"), "message": ("text",)}


class ApiService(Part):
    """One service: what is asked, what the back end is called with, what its reply means."""

    key: Annotated[_Name, Field(description="服务的编号")]
    title: Annotated[str, Field(min_length=2, max_length=20, description="名称")]
    summary: Annotated[str, Field(min_length=2, max_length=60, description="一句话介绍")]
    kind: Annotated[
        Literal["list", "form", "query"],
        Field(description="list 直接列出，query 填条件查询，form 填表办理"),
    ]
    path: Annotated[
        str, Field(pattern=r"^/[A-Za-z0-9._~/-]{0,120}$", description="接在 base 之后的路径")
    ]
    method: Annotated[Literal["GET", "POST"], Field(description="调用后台的方法")] = "GET"
    person: Annotated[
        bool,
        Field(description="后台要知道是谁：请求头 x-wanshi-ticket 带一次性票据，须有 auth.ticket"),
    ] = False
    form: Annotated[Form | None, Field(description="表单；query 和 form 必须有")] = None
    result: Annotated[Result, Field(description="回复的含义")]

    @field_validator("form")
    @classmethod
    def _asked(cls, form: Form | None, info: ValidationInfo) -> Form | None:
        if (form is None) != (info.data.get("kind", "list") == "list"):
            raise ValueError("query 和 form 必须有表单，list 不能有")
        return form

    @field_validator("result")
    @classmethod
    def _whole(cls, result: Result) -> Result:
        if absent := [name for name in _NEEDED[result.kind] if not getattr(result, name)]:
            raise ValueError(f"{result.kind} 必须写明 {absent[0]}")
        return result


class Api(Part):
    """Where the back end is, and its services."""

    base: Annotated[Address, Field(description="后台地址，其域名须在 network.request 中")]
    services: Annotated[list[ApiService], Field(min_length=1, max_length=40, description="服务")]

    @field_validator("base")
    @classmethod
    def _callable(cls, base: str) -> str:
        return checked(base.rstrip("/"))

    @field_validator("services")
    @classmethod
    def _one_of_a_key(cls, services: list[ApiService]) -> list[ApiService]:
        no_twice([service.key for service in services])
        return services

    @property
    def origin(self) -> str:
        """Where it leads."""
        return origin_of_address(self.base)
