"""The parts of `app.json`; `manifest.py` puts them together and says what must agree."""

import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator

from app_server.kernel.settings import Settings, load
from miniapps import rules
from miniapps.rules import unity
from miniapps.rules.origins import exception_fault
from miniapps.rules.scopes import DIALECTS
from miniapps.service.manifest_back_ends import GatewayRoute
from miniapps.service.manifest_part import Part, no_twice

_ROUTE = r"^[A-Za-z0-9._~-][A-Za-z0-9._~/#?=&%-]{0,199}$"


class VersionName(Part):
    """A version: a name for people, a code that only grows."""

    name: Annotated[
        str,
        Field(
            pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$",
            max_length=30,
            description="给人看的版本号，如 1.2.0",
        ),
    ]
    code: Annotated[
        int, Field(ge=1, le=2_000_000_000, description="内部版本号，每次上传都要比以前的大")
    ]


class PlatformVersion(Part):
    """Which host versions the app runs on."""

    min: Annotated[str, Field(pattern=unity.VERSION, description="最低平台版本")] = "1.0"
    target: Annotated[str, Field(pattern=unity.VERSION, description="开发时使用的平台版本")] = "1.0"

    @field_validator("min")
    @classmethod
    def _known(cls, version: str) -> str:
        if fault := unity.version_fault(version):
            raise ValueError(fault)
        return version


class Owner(Part):
    """The organisation that answers for the app, and the telephone people may call."""

    org: Annotated[str, Field(pattern=r"^[0-9A-Z]{18}$", description="主管单位的统一社会信用代码")]
    name: Annotated[str, Field(min_length=2, max_length=80, description="主管单位名称")]
    contact: Annotated[
        str, Field(pattern=r"^[0-9][0-9-]{4,18}$", description="群众可以拨打的服务电话")
    ]


class Route(Part):
    """A page others may open directly."""

    path: Annotated[
        str, Field(pattern=_ROUTE, description="包内页面，可带 ? 和 #，如 index.html#/apply")
    ]
    title: Annotated[str, Field(min_length=1, max_length=24, description="页面标题")]
    min_tier: Annotated[
        int, Field(ge=0, le=3, description="打开此页需要的实名等级，低于应用等级时以应用为准")
    ] = 0
    item_code: Annotated[
        str, Field(pattern=r"^([0-9A-Za-z][0-9A-Za-z_-]{1,32})?$", description="此页办理的事项编码")
    ] = ""


class Column(Part):
    """One of the main columns of a city's portal."""

    key: Annotated[
        str,
        Field(
            max_length=20,
            description="栏目："
            + "、".join(f"{k} {t}" for k, t in unity.REQUIRED_COLUMNS.items())
            + f"，地方特色栏目用 {unity.LOCAL_COLUMN}",
        ),
    ]
    title: Annotated[
        str, Field(min_length=2, max_length=6, description="栏目名称；全省统一栏目的名称固定")
    ]
    path: Annotated[str, Field(pattern=_ROUTE, description="栏目页面，须在 routes 中")]


class Permission(Part):
    """One permission and why the app needs it, in words for residents."""

    scope: Annotated[str, Field(description="权限名", json_schema_extra={"enum": [*rules.SCOPES]})]
    reason: Annotated[str, Field(min_length=4, max_length=80, description="给群众看的用途说明")]
    required: Annotated[bool, Field(description="没有这项权限时应用是否无法使用")]

    @field_validator("scope")
    @classmethod
    def _known(cls, scope: str) -> str:
        if scope not in rules.SCOPES:
            raise ValueError("没有这项权限")
        return scope


def _hosts(what: str) -> Any:
    return Field(max_length=20, description=f"{what}，只写协议、域名和端口")


class Network(Part):
    """Addresses outside its own origin that the app reaches."""

    request: Annotated[list[str], _hosts("接口地址（https 或 wss）")] = []
    upload: Annotated[list[str], _hosts("上传地址")] = []
    download: Annotated[list[str], _hosts("下载地址")] = []
    frame: Annotated[list[str], _hosts("内嵌页面的地址")] = []
    img: Annotated[list[str], _hosts("图片地址")] = []

    @field_validator("*")
    @classmethod
    def _origins(cls, origins: list[str], info: ValidationInfo) -> list[str]:
        settings = load()
        for origin in no_twice(origins):
            fault = rules.request_origin_fault(
                origin, production=settings.production, socket=info.field_name == "request"
            )
            if not fault and _ours(origin, settings):
                fault = "不能是平台自己的地址"
            if fault:
                raise ValueError(f"{origin}：{fault}")
        return origins

    @property
    def connect(self) -> list[str]:
        """Where scripts may send something."""
        return list(dict.fromkeys([*self.request, *self.upload, *self.download]))

    @property
    def all(self) -> frozenset[str]:
        """Every declared address."""
        return frozenset({*self.connect, *self.frame, *self.img})


def _ours(origin: str, settings: Settings) -> bool:
    host = urlsplit(origin).hostname or ""
    surfaces = {settings.origin(name) for name in ("public", "staff", "partner")}
    domain = settings.miniapp_domain
    return origin in surfaces or host == domain or host.endswith(f".{domain}")


class Compat(Part):
    """Which vendors' containers the app was written for."""

    dialects: Annotated[
        list[Annotated[str, Field(json_schema_extra={"enum": [*DIALECTS]})]],
        Field(
            max_length=8,
            description="应用原来面向的容器："
            + "、".join(f"{key} {dialect.title}" for key, dialect in DIALECTS.items()),
        ),
    ] = []
    ua: Annotated[
        list[Annotated[str, Field(pattern=r"^[A-Za-z0-9_./-]{2,40}$")]],
        Field(max_length=8, description="应用用来识别容器的 User-Agent 标记"),
    ] = []
    script_map: Annotated[
        dict[
            Annotated[str, Field(pattern=r"^[a-z0-9.-]+/[A-Za-z0-9._/-]{1,160}$")],
            Annotated[str, Field(json_schema_extra={"enum": [*DIALECTS]})],
        ],
        Field(
            max_length=20,
            description="厂商脚本地址（不带协议）→ 方言，页面中的脚本换成平台自带的实现",
        ),
    ] = {}
    host_map: Annotated[
        dict[
            Annotated[str, Field(pattern=r"^[a-z0-9.-]{3,100}$")],
            Annotated[str, Field(pattern=r"^/[A-Za-z0-9._/-]{0,80}$")],
        ],
        Field(max_length=20, description="厂商域名 → 应用自己域名下的路径"),
    ] = {}
    base_alias: Annotated[
        list[Annotated[str, Field(pattern=r"^(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+/$", max_length=120)]],
        Field(max_length=8, description="编译时写死的目录，如 /web/mgop/gov-open/zj/编号/1.0.1/"),
    ] = []

    gateway: Annotated[
        list[GatewayRoute], Field(max_length=60, description="经 mgop 网关调用的接口")
    ] = []

    @field_validator("gateway")
    @classmethod
    def _one_of_a_name(cls, routes: list[GatewayRoute], info: ValidationInfo) -> list[GatewayRoute]:
        if routes and "mgop" not in info.data.get("dialects", ()):
            raise ValueError("方言 mgop 没有在 dialects 中声明")
        no_twice([route.api for route in routes])
        return routes

    @field_validator("dialects")
    @classmethod
    def _known(cls, dialects: list[str]) -> list[str]:
        if strange := [name for name in dialects if name not in DIALECTS]:
            raise ValueError(f"没有方言 {strange[0][:40]}")
        return no_twice(dialects)

    @field_validator("script_map")
    @classmethod
    def _declared(cls, scripts: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        for dialect in scripts.values():
            if dialect not in info.data.get("dialects", ()):
                raise ValueError(f"方言 {dialect[:40]} 没有在 dialects 中声明")
        return scripts

    @field_validator("host_map")
    @classmethod
    def _inside(cls, hosts: dict[str, str]) -> dict[str, str]:
        # `//host` would be another host again.
        if any("//" in path or ".." in path for path in hosts.values()):
            raise ValueError("只能换成应用自己域名下的路径")
        return hosts

    @field_validator("base_alias")
    @classmethod
    def _free(cls, folders: list[str]) -> list[str]:
        for folder in no_twice(folders):
            if folder.split("/")[1] in rules.RESERVED_FOLDERS:
                raise ValueError(f"目录 {folder} 由平台保留")
        return folders


class Theme(Part):
    """Colours of a place's own (R-POR-16)."""

    primary: Annotated[
        str,
        Field(pattern=r"^#[0-9a-f]{6}$", description="主色 #rrggbb，与白色对比度不低于 4.5"),
    ]
    accent: Annotated[
        str | None, Field(pattern=r"^#[0-9a-f]{6}$", description="点缀色，与白色对比度不低于 3")
    ] = None

    @field_validator("primary", "accent")
    @classmethod
    def _readable(cls, colour: str | None, info: ValidationInfo) -> str | None:
        least = unity.TEXT_CONTRAST if info.field_name == "primary" else unity.SHAPE_CONTRAST
        if colour and (fault := unity.theme_fault(colour, least)):
            raise ValueError(fault)
        return colour


class Ui(Part):
    """How the app looks inside the shell."""

    theme: Annotated[Theme | None, Field(description="地方特色配色；不写用全省配色")] = None
    titlebar: Annotated[
        Literal["native", "transparent"], Field(description="标题栏：平台标题栏，或透明浮在页面上")
    ] = "native"
    elder: Annotated[
        Literal["native", "css", "none"],
        Field(description="长辈版：native 应用自己切换，css 由平台放大，none 不支持"),
    ] = "css"
    zoom: Annotated[bool, Field(description="是否允许双指放大")] = True


class Words(Part):
    """The app's words in another language."""

    name: Annotated[str, Field(min_length=2, max_length=40, description="应用名称")]
    short_name: Annotated[str, Field(min_length=2, max_length=16, description="简称")]
    summary: Annotated[str, Field(min_length=4, max_length=120, description="一句话介绍")]


class Privacy(Part):
    """What personal data the app works with, by name, and where it says how."""

    policy_url: Annotated[
        str,
        Field(
            pattern=r"^(https://[a-z0-9.-]+(:[0-9]{1,5})?(/[^\s\x22<>]*)?|[^\s:/][^\s:]*\.html)?$",
            max_length=200,
            description="隐私政策：包内 html 页面或 https 地址",
        ),
    ] = ""
    data_items: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=40)]],
        Field(max_length=40, description="处理的个人信息，逐项写明"),
    ] = []


class Offline(Part):
    """What works without a network."""

    precache: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=rules.MAX_PATH)]],
        Field(max_length=200, description="首次打开就缓存的包内文件"),
    ] = []
    strategy: Annotated[
        Literal["network-first", "cache-first", "none"], Field(description="缓存策略")
    ] = "network-first"


class Telemetry(Part):
    """What the host may measure for the app's makers."""

    errors: Annotated[bool, Field(description="脚本错误")] = True
    vitals: Annotated[bool, Field(description="打开速度")] = True
    page_views: Annotated[bool, Field(description="页面访问量，不含个人信息")] = False


class CspException(Part):
    """A relaxation of the generated policy, with its reason for the reviewer."""

    directive: Annotated[str, Field(max_length=40, description="指令，如 script-src")]
    value: Annotated[str, Field(max_length=80, description="放开的值，如 'unsafe-eval'")]
    reason: Annotated[str, Field(min_length=4, max_length=200, description="给审核人看的理由")]

    @field_validator("value")
    @classmethod
    def _allowed(cls, value: str, info: ValidationInfo) -> str:
        directive = info.data.get("directive")
        if directive is not None and (fault := exception_fault(directive, value)):
            raise ValueError(fault)
        return value


class Signing(Part):
    """The developer key this package is signed with; without the signature it is refused."""

    key_id: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9_-]{43}$", description="公钥的 SHA-256 指纹（base64url）")
    ]
    alg: Annotated[Literal["ed25519", "sm2"], Field(description="签名算法")]


def file_of(path: str) -> str:
    """The file a route leads to."""
    return re.split(r"[?#]", path, maxsplit=1)[0]
