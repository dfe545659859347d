"""The manifest `app.json`: what an app says of itself, and what review approves."""

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, ValidationInfo, field_validator

from app_server.kernel import regions
from app_server.kernel.http.wording import field_errors
from miniapps import rules
from miniapps.errors import ManifestRefused
from miniapps.rules import unity
from miniapps.service.manifest_api import Api
from miniapps.service.manifest_messages import MessageTemplate
from miniapps.service.manifest_part import Part, no_twice
from miniapps.service.manifest_parts import (
    Column,
    Compat,
    CspException,
    Network,
    Offline,
    Owner,
    Permission,
    PlatformVersion,
    Privacy,
    Route,
    Signing,
    Telemetry,
    Ui,
    VersionName,
    Words,
)

SCHEMA_ID = "urn:wanshi:miniapp-manifest:1.0"

_Code = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z_-]{1,32}$")]
_Locale = Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Za-z]{2,4})?$")]


class Manifest(Part):
    """A checked `app.json`; what is not required has a default, so that old ones still load."""

    schema_version: Annotated[
        Literal["1.0"], Field(alias="schema", description="清单格式的版本")
    ] = "1.0"
    appid: Annotated[
        str,
        Field(
            pattern=rules.APPID,
            description="应用编号：ah + 六位省或市代码 + 小写字母开头的自定名称",
        ),
    ]
    name: Annotated[str, Field(min_length=2, max_length=20, description="应用名称")]
    short_name: Annotated[str, Field(min_length=2, max_length=8, description="图标下的简称")]
    summary: Annotated[str, Field(min_length=4, max_length=60, description="一句话介绍")]
    description: Annotated[str, Field(max_length=1000, description="详细介绍")] = ""
    icon: Annotated[
        str,
        Field(
            pattern=r"\.svg$",
            max_length=rules.MAX_PATH,
            description="包内的 SVG 图标，不超过 32 KB",
        ),
    ]
    category: Annotated[
        str,
        Field(
            description="分类："
            + "、".join(f"{key} {title}" for key, title in unity.CATEGORIES.items()),
            json_schema_extra={"enum": [*unity.CATEGORIES]},
        ),
    ] = "general"
    version: Annotated[VersionName, Field(description="版本")]
    platform_version: Annotated[PlatformVersion, Field(description="需要的平台版本")] = (
        PlatformVersion()
    )
    sdk_version: Annotated[
        str,
        Field(
            pattern=f"^$|{unity.VERSION}",
            description="使用的平台接入规范（SDK）版本；只用其他容器接口的应用可以不写",
        ),
    ] = ""
    mode: Annotated[
        Literal["h5", "api"],
        Field(description="接入方式：h5 页面，或 api 接口（没有页面，由平台显示）"),
    ] = "h5"
    entry: Annotated[
        str,
        Field(
            pattern=r"^$|\.html$",
            max_length=rules.MAX_PATH,
            description="入口页面；api 方式不写，h5 方式必填",
        ),
    ] = ""
    routes: Annotated[
        list[Route], Field(max_length=100, description="可以从外面直接打开的页面")
    ] = []
    owner: Annotated[Owner, Field(description="主管单位")]
    region_codes: Annotated[
        list[str], Field(min_length=1, max_length=200, description="服务的地区代码")
    ]
    columns: Annotated[
        list[Column],
        Field(
            max_length=10,
            description=f"主要栏目；分类为 {unity.PORTAL} 时全省统一栏目必须齐全",
        ),
    ] = []
    item_codes: Annotated[list[_Code], Field(max_length=200, description="应用办理的事项编码")] = []
    audience: Annotated[
        list[Literal["natural", "legal"]],
        Field(min_length=1, max_length=2, description="服务对象：natural 个人，legal 法人"),
    ] = ["natural"]
    min_tier: Annotated[int, Field(ge=0, le=3, description="打开应用需要的实名等级（0–3）")]
    permissions: Annotated[list[Permission], Field(max_length=20, description="申请的权限")] = []
    token_scopes: Annotated[
        list[Literal["openid", "tier", "region", "name", "phone", "id_number"]],
        Field(
            description="应用后台用票据能得到的信息；有 openid 必须申请 auth.ticket 权限，"
            "name、phone 要有 auth.user 权限，id_number 要有 auth.id_number 权限"
        ),
    ] = []
    network: Annotated[Network, Field(description="应用访问的外部地址")] = Network()
    api: Annotated[Api | None, Field(description="api 方式的服务")] = None
    messages: Annotated[
        list[MessageTemplate],
        Field(max_length=20, description="应用后台可以发的消息；须有 message.send 权限"),
    ] = []
    licence_types: Annotated[
        list[Annotated[str, Field(min_length=2, max_length=60)]],
        Field(max_length=10, description="应用后台可以查看的证照名称；须有 licence.read 权限"),
    ] = []
    compat: Annotated[Compat, Field(description="与其他容器的兼容")] = Compat()
    ui: Annotated[Ui, Field(description="界面")] = Ui()
    i18n: Annotated[
        dict[_Locale, Words], Field(max_length=10, description="其他语言的名称和介绍，如 en")
    ] = {}
    privacy: Annotated[Privacy, Field(description="个人信息")] = Privacy()
    offline: Annotated[Offline, Field(description="离线使用")] = Offline()
    telemetry: Annotated[Telemetry, Field(description="运行数据")] = Telemetry()
    csp_exceptions: Annotated[
        list[CspException], Field(max_length=20, description="安全策略的例外，须经审核")
    ] = []
    signing: Annotated[Signing | None, Field(description="开发者签名")] = None
    changelog: Annotated[str, Field(max_length=1000, description="本版本的更新说明")] = ""

    @field_validator("appid")
    @classmethod
    def _at_home(cls, appid: str) -> str:
        home = rules.home_region(appid)
        if fault := unity.namespace_fault(regions.level_of(home)):
            raise ValueError(fault)
        return appid

    @field_validator("category")
    @classmethod
    def _known_category(cls, category: str) -> str:
        if category not in unity.CATEGORIES:
            raise ValueError("没有这个分类")
        return category

    @field_validator("sdk_version")
    @classmethod
    def _runs_here(cls, version: str, info: ValidationInfo) -> str:
        if not version and info.data.get("category") == unity.PORTAL:
            raise ValueError("城市门户必须写明 SDK 版本")
        if version and (fault := unity.version_fault(version)):
            raise ValueError(fault)
        return version

    @field_validator("routes")
    @classmethod
    def _one_each(cls, routes: list[Route]) -> list[Route]:
        no_twice([route.path for route in routes])
        return routes

    @field_validator("region_codes")
    @classmethod
    def _known_regions(cls, codes: list[str], info: ValidationInfo) -> list[str]:
        for code in no_twice(codes):
            try:
                regions.region(code)
            except regions.NoSuchRegion as error:
                raise ValueError(f"没有地区 {code[:12]}") from error
        appid = info.data.get("appid")
        if appid is not None and rules.home_region(appid) not in codes:
            raise ValueError("应用编号中的地区必须在 region_codes 之内")
        return codes

    @field_validator("columns")
    @classmethod
    def _same_columns(cls, columns: list[Column], info: ValidationInfo) -> list[Column]:
        if info.data.get("category") != unity.PORTAL:
            if columns:
                raise ValueError(f"只有分类为 {unity.PORTAL} 的应用有栏目")
            return columns
        faults = unity.column_faults([(column.key, column.title) for column in columns])
        known = {route.path for route in info.data.get("routes", ())}
        faults += [
            f"栏目页面 {column.path} 没有列在 routes 中"
            for column in columns
            if column.path not in known
        ]
        if faults:
            raise ValueError("；".join(faults))
        return columns

    @field_validator("item_codes", "audience")
    @classmethod
    def _none_twice(cls, found: list[str]) -> list[str]:
        return no_twice(found)

    @field_validator("permissions")
    @classmethod
    def _asked_once(cls, permissions: list[Permission]) -> list[Permission]:
        scopes = [permission.scope for permission in permissions]
        if len(set(scopes)) != len(scopes):
            raise ValueError("权限重复")
        return permissions

    @field_validator("token_scopes")
    @classmethod
    def _with_ticket(cls, token_scopes: list[str], info: ValidationInfo) -> list[str]:
        if "permissions" in info.data:
            scopes = [permission.scope for permission in info.data["permissions"]]
            if (rules.TICKET_SCOPE in scopes) != ("openid" in token_scopes):
                raise ValueError("auth.ticket 权限与 token_scopes 中的 openid 必须同时申请")
            if (rules.ID_NUMBER_SCOPE in scopes) != ("id_number" in token_scopes):
                raise ValueError("auth.id_number 权限与 token_scopes 中的 id_number 必须同时申请")
            if {"name", "phone"} & set(token_scopes) and rules.USER_SCOPE not in scopes:
                raise ValueError("name、phone 必须申请 auth.user 权限")
            # What names the person travels with the ticket, which is theirs.
            raw = any(rules.TICKET_FIELDS[key].raw for key in token_scopes)
            if raw and "openid" not in token_scopes:
                raise ValueError("提供个人信息必须同时有 openid")
        return token_scopes

    @field_validator("entry")
    @classmethod
    def _has_pages(cls, entry: str, info: ValidationInfo) -> str:
        if bool(entry) != (info.data.get("mode", "h5") == "h5"):
            raise ValueError("h5 方式必须有入口页面，api 方式没有页面")
        return entry

    @field_validator("api")
    @classmethod
    def _has_services(cls, api: Api | None, info: ValidationInfo) -> Api | None:
        if (api is not None) != (info.data.get("mode", "h5") == "api"):
            raise ValueError("api 方式必须写明 api，h5 方式不写")
        if api is None or not {"network", "permissions"} <= info.data.keys():
            return api
        if api.origin not in info.data["network"].request:
            raise ValueError(f"{api.origin} 没有列在 network.request 中")
        scopes = {permission.scope for permission in info.data["permissions"]}
        if rules.TICKET_SCOPE not in scopes and any(one.person for one in api.services):
            raise ValueError("要知道是谁的服务必须申请 auth.ticket 权限")
        return api

    @field_validator("messages", "licence_types")
    @classmethod
    def _with_permission(cls, found: list[Any], info: ValidationInfo) -> list[Any]:
        scope = rules.MESSAGE_SCOPE if info.field_name == "messages" else rules.LICENCE_SCOPE
        asked = [permission.scope for permission in info.data.get("permissions", ())]
        if "permissions" in info.data and bool(found) != (scope in asked):
            raise ValueError(f"与 {scope} 权限必须同时申请")
        no_twice([getattr(one, "code", one) for one in found])
        return found

    @field_validator("compat")
    @classmethod
    def _reachable(cls, compat: Compat, info: ValidationInfo) -> Compat:
        if "network" in info.data:
            for route in compat.gateway:
                if strange := route.origins - set(info.data["network"].request):
                    raise ValueError(f"{min(strange)} 没有列在 network.request 中")
        return compat

    @property
    def region(self) -> str:
        """The division the app is at home in."""
        return rules.home_region(self.appid)

    @property
    def scopes(self) -> list[str]:
        """The permissions it asks for."""
        return [permission.scope for permission in self.permissions]

    @property
    def items(self) -> list[str]:
        """The government service items it handles, on whichever page."""
        return sorted({*self.item_codes, *(r.item_code for r in self.routes if r.item_code)})

    def content_policy(self, shell_origin: str) -> str:
        """The Content-Security-Policy of this version inside a shell of this origin."""
        return rules.content_policy(
            shell_origin,
            self.network.connect,
            frame=self.network.frame,
            img=self.network.img,
            exceptions=[(e.directive, e.value) for e in self.csp_exceptions],
        )


def read_manifest(data: bytes) -> Manifest:
    """The manifest in these bytes; raises `ManifestRefused` with a list of findings."""
    try:
        return Manifest.model_validate_json(data)
    except ValidationError as error:
        raise ManifestRefused(errors=field_errors(error)) from error


def json_schema() -> dict[str, Any]:
    """The published JSON Schema (2020-12) of `app.json`, described in Chinese."""
    schema = Manifest.model_json_schema(by_alias=True, mode="validation")
    for part in (schema, *schema["$defs"].values()):
        # Docstrings are for whoever reads the code; the fields' own words are what is published.
        part.pop("description", None)
        part.pop("title", None)
        for field in part["properties"].values():
            field.pop("title", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "万事小程序清单 app.json",
        **schema,
    }
