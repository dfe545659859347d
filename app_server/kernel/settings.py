"""Typed settings: read once from the environment, checked before anything listens.

Development needs none of them. Production needs URLs and a secrets file, and refuses every
value that only development may have (R-SEC-01: no default secret reaches production).
"""

import json
import os
import secrets
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, Literal

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parents[2]


class Settings(BaseSettings):
    """What an operator may say about one instance; names are environment variables."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    env: Literal["development", "production"] = "development"
    platform_name: str = "万事"
    platform_tier: Literal["province", "city"] = "province"
    platform_region: str = Field(default="340000", pattern=r"^[0-9]{6}$")
    # On a city: where people register, since only the province does that (R-ID-23).
    province_origin: str = ""

    database_url: str = ""
    redis_url: str = ""
    storage_url: str = ""
    events_url: str = ""
    secrets_file: Path = PROJECT / "var" / "secrets.json"
    data_dir: Path = PROJECT / "var"
    shell_dir: Path = PROJECT / "h5_shell"

    listen_host: str = "127.0.0.1"
    public_port: int = 8800
    staff_port: int = 8801
    partner_port: int = 8802
    public_origin: str = ""
    staff_origin: str = ""
    partner_origin: str = ""
    miniapp_domain: str = "miniapp.localhost"
    web_workers: int = Field(default=2, ge=1, le=64)
    database_pool: int = Field(default=8, ge=2, le=100)
    proxies_count: int = Field(default=0, ge=0, le=4)
    simulators: bool = True
    simulator_base_port: int = 8810
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    metrics_token: str = ""
    # Chromium for looking at uploaded mini-apps; empty is none, `auto` is the one of `make setup`.
    package_browser: str = "auto"
    # Officers prove a second factor (GB/T 22239 8.1.4.1). Optional leaves out those who have none
    # yet, as the demo officers; production refuses it. Empty: what `env` calls for.
    staff_second_factor: Literal["required", "optional", ""] = ""
    # Officers' passwords are of several kinds of characters and are changed (the same clause);
    # residents' are not, since that makes passwords worse (ASVS V6.2.5, V6.2.10). 0 is never.
    staff_password_days: int = Field(default=-1, ge=-1, le=400)

    @property
    def second_factor_required(self) -> bool:
        """Whether an officer without a second factor must enrol one to sign in."""
        return (self.staff_second_factor or ("required" if self.production else "")) == "required"

    @property
    def officers_password_days(self) -> int:
        """After how many days an officer must set a new password; 0 is never."""
        if self.staff_password_days >= 0:
            return self.staff_password_days
        return 90 if self.production else 0

    @property
    def production(self) -> bool:
        """True where real people are served."""
        return self.env == "production"

    @property
    def browser(self) -> str:
        """The Chromium that looks at uploaded mini-apps, or an empty text."""
        if self.package_browser != "auto":
            return self.package_browser
        own = PROJECT / "var" / "assets" / "bin" / "chromium"
        return str(own) if not self.production and own.exists() else ""

    def origin(self, surface: str) -> str:
        """The address people and programs use for a surface, without a trailing slash."""
        given = {
            "public": self.public_origin,
            "staff": self.staff_origin,
            "partner": self.partner_origin,
        }[surface]
        fallback = {
            "public": f"http://shell.{self.miniapp_domain}:{self.public_port}",
            "staff": f"http://console.localhost:{self.staff_port}",
            "partner": f"http://127.0.0.1:{self.partner_port}",
        }[surface]
        return given or fallback

    def simulator_url(self, number: int) -> str:
        """Where the simulator with this number listens."""
        return f"http://127.0.0.1:{self.simulator_base_port + number}"

    def findings(self) -> list[str]:
        """What keeps this configuration from serving real people; empty when nothing does."""
        if not self.production:
            return []
        found = [
            f"{name} 未设置"
            for name in ("database_url", "redis_url", "storage_url", "public_origin")
            if not getattr(self, name)
        ]
        if self.simulators:
            found.append("simulators 在生产环境必须为 false")
        if "SECRETS_FILE" not in _environment() or not self.secrets_file.exists():
            found.append("secrets_file 未指定或不存在")
        found += [
            f"{name} 必须是 https 地址"
            for name in ("public_origin", "staff_origin", "partner_origin")
            if not getattr(self, name).startswith("https://")
        ]
        if self.platform_tier == "city" and not self.province_origin.startswith("https://"):
            found.append("province_origin 须为省级门户的 https 地址")
        if "localhost" in self.miniapp_domain:
            found.append("miniapp_domain 仍是开发域名")
        if not self.metrics_token:
            found.append("metrics_token 未设置")
        if self.staff_second_factor == "optional":
            found.append("staff_second_factor 在生产环境必须为 required")
        return found


class VendorSettings(BaseSettings):
    """Account at an outside party; a subclass per vendor sets `env_prefix` and `simulator`.

    In development the endpoint is the shipped simulator's, whose keys begin with `SIM`;
    production refuses both (house.md: simulators are refused in production).
    """

    model_config = SettingsConfigDict(extra="ignore", frozen=True)
    simulator: ClassVar[int]

    endpoint: str = ""
    key_id: str = "SIM-KEY"
    secret: str = "SIM-SECRET"  # noqa: S105 - the simulator's own, refused in production

    @property
    def url(self) -> str:
        """The vendor's address; raises `ConfigurationRefused` for an unfit production."""
        if load().production:
            if not self.endpoint.startswith("https://"):
                raise ConfigurationRefused([f"{type(self).__name__}: endpoint 必须是 https 地址"])
            if self.key_id.startswith("SIM") or self.secret.startswith("SIM"):
                raise ConfigurationRefused([f"{type(self).__name__}: 仍在使用模拟器密钥"])
        return self.endpoint or load().simulator_url(self.simulator)


class Secrets(BaseModel):
    """Key material of one instance; kept in a file only its own user can read."""

    field_keys: dict[str, str]
    field_key_active: str
    index_key: str
    token_keys: dict[str, str]
    token_key_active: str
    url_key: str
    signing_keys: dict[str, list[str]] = {}

    @classmethod
    def generate(cls) -> "Secrets":
        """Fresh random keys, for development and for a first production start."""
        pem = (
            ec.generate_private_key(ec.SECP256R1())
            .private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            .decode()
        )
        return cls(
            field_keys={"f1": secrets.token_hex(16)},
            field_key_active="f1",
            index_key=secrets.token_hex(32),
            token_keys={"t1": pem},
            token_key_active="t1",  # noqa: S106 - a key id, no key
            url_key=secrets.token_hex(32),
        )


def _environment() -> set[str]:
    return {name.upper() for name in os.environ}


@lru_cache(maxsize=1)
def load() -> Settings:
    """The settings of this process; raises `ConfigurationRefused` in an unfit production."""
    settings = Settings()
    if found := settings.findings():
        raise ConfigurationRefused(found)
    return settings


@lru_cache(maxsize=1)
def load_secrets() -> Secrets:
    """The key material; development makes its own at first need, production never does."""
    settings = load()
    path = settings.secrets_file
    if not path.exists():
        if settings.production:
            raise ConfigurationRefused([f"找不到密钥文件 {path.name}"])
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = Secrets.generate().model_dump()
        path.touch(mode=0o600)
        path.write_text(json.dumps(fresh, indent=1))
    return Secrets.model_validate_json(path.read_text())


class ConfigurationRefused(Exception):
    """Production was asked to start with values that only development may have."""

    def __init__(self, findings: list[str]) -> None:
        super().__init__("配置不可用于生产环境：" + ";".join(findings))
        self.findings = findings
