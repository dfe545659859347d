"""The manifest `app.json`: what an app says of itself, and what review approves."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from app_server.kernel import regions
from app_server.kernel.http.wording import field_errors
from app_server.kernel.settings import load
from miniapps import rules
from miniapps.errors import ManifestRefused


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, str_strip_whitespace=True)


class VersionName(_Part):
    """A version: a name for people, a code that only grows."""

    name: Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$", max_length=30)]
    code: Annotated[int, Field(ge=1, le=2_000_000_000)]


class Owner(_Part):
    """The organisation that answers for the app, and the telephone people may call."""

    org: Annotated[str, Field(pattern=r"^[0-9A-Z]{18}$")]
    name: Annotated[str, Field(min_length=2, max_length=80)]
    contact: Annotated[str, Field(pattern=r"^[0-9][0-9-]{4,18}$")]


class Permission(_Part):
    """One permission and why the app needs it, in words for residents."""

    scope: str
    reason: Annotated[str, Field(min_length=4, max_length=80)]
    required: bool

    @field_validator("scope")
    @classmethod
    def _known(cls, scope: str) -> str:
        if scope not in rules.SCOPES:
            raise ValueError("没有这项权限")
        return scope


class Network(_Part):
    """Addresses outside its own origin that the app calls."""

    request: Annotated[list[str], Field(max_length=20)] = []

    @field_validator("request")
    @classmethod
    def _origins(cls, origins: list[str]) -> list[str]:
        for origin in origins:
            if fault := rules.request_origin_fault(origin, production=load().production):
                raise ValueError(f"{origin}:{fault}")
        return origins


class Privacy(_Part):
    """What personal data the app works with, by name."""

    data_items: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=40)] = []


class Manifest(_Part):
    """A checked `app.json`."""

    appid: Annotated[str, Field(pattern=rules.APPID)]
    name: Annotated[str, Field(min_length=2, max_length=20)]
    short_name: Annotated[str, Field(min_length=2, max_length=8)]
    summary: Annotated[str, Field(min_length=4, max_length=60)]
    icon: Annotated[str, Field(pattern=r"\.svg$", max_length=rules.MAX_PATH)]
    version: VersionName
    entry: Annotated[str, Field(pattern=r"\.html$", max_length=rules.MAX_PATH)]
    owner: Owner
    region_codes: Annotated[list[str], Field(min_length=1, max_length=200)]
    min_tier: Annotated[int, Field(ge=0, le=3)]
    permissions: Annotated[list[Permission], Field(max_length=20)] = []
    token_scopes: list[Literal["openid", "tier", "region"]] = []
    network: Network = Network()
    privacy: Privacy = Privacy()

    @field_validator("region_codes")
    @classmethod
    def _known_regions(cls, codes: list[str]) -> list[str]:
        for code in codes:
            try:
                regions.region(code)
            except regions.NoSuchRegion as error:
                raise ValueError(f"没有地区 {code}") from error
        return codes

    @model_validator(mode="after")
    def _consistent(self) -> "Manifest":
        if self.region not in self.region_codes:
            raise ValueError("应用编号中的地区必须在 region_codes 之内")
        if len(set(self.scopes)) != len(self.scopes):
            raise ValueError("权限重复")
        if (rules.TICKET_SCOPE in self.scopes) != ("openid" in self.token_scopes):
            raise ValueError("auth.ticket 权限与 token_scopes 中的 openid 必须同时申请")
        return self

    @property
    def region(self) -> str:
        """The division the app is at home in."""
        return rules.home_region(self.appid)

    @property
    def scopes(self) -> list[str]:
        """The permissions it asks for."""
        return [permission.scope for permission in self.permissions]


def read_manifest(data: bytes) -> Manifest:
    """The manifest in these bytes; raises `ManifestRefused` with a list of findings."""
    try:
        return Manifest.model_validate_json(data)
    except ValidationError as error:
        raise ManifestRefused(errors=field_errors(error)) from error
