"""The parts of `app.json` that name an app's own back end, which we call for it."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from app_server.kernel.settings import load
from miniapps import rules
from miniapps.service.manifest_part import Part

Address = Annotated[str, Field(pattern=r"^https?://[a-z0-9.:-]{1,120}(/[A-Za-z0-9._~/-]{0,200})?$")]


def origin_of_address(address: str) -> str:
    """Protocol, host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def checked(address: str) -> str:
    """The address, when it is one review may let us call."""
    fault = rules.request_origin_fault(origin_of_address(address), production=load().production)
    if fault:
        raise ValueError(f"{address}：{fault}")
    return address


class GatewayRoute(Part):
    """One interface of the mgop gateway, and where the app's own back end answers it."""

    api: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z][A-Za-z0-9._-]{2,99}$",
            description="接口名，如 mgop.系统.应用.接口",
        ),
    ]
    url: Annotated[Address, Field(description="后台地址，其域名须在 network.request 中")]
    method: Annotated[Literal["GET", "POST"], Field(description="调用后台的方法")] = "POST"
    test_url: Annotated[
        Address | None,
        Field(description="测试后台，只在体验时由请求头 isTestUrl 选用"),
    ] = None

    @field_validator("url", "test_url")
    @classmethod
    def _callable(cls, address: str | None) -> str | None:
        return address if address is None else checked(address)

    @property
    def origins(self) -> set[str]:
        """Where it leads."""
        return {origin_of_address(a) for a in (self.url, self.test_url) if a}
