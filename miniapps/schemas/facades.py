"""Shapes of other platforms' protocols, and of the keys they need."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from app_server.kernel.http import Form, Query, Shape, Text

_Short = Annotated[Text, Field(max_length=200)]
Kind = Literal["native", "simpleauth", "irs", "croods", "weixin", "gateway"]


class FacadeKeyAsked(Shape):
    """For which protocol."""

    kind: Kind


class FacadeKeyMade(Shape):
    """A key: its public name and its secret, which is shown this once."""

    kind: Kind
    title: str
    access_key: str
    secret: str


class OidcClientAsked(Shape):
    """Public keys the client proves itself with; none: it proves itself by its secret."""

    jwks: Annotated[list[dict[str, Text]], Field(max_length=4)] = []


class OidcClientView(Shape):
    """The client; `secret` is shown once, and empty where there is none to show."""

    client_id: str
    secret: str
    issuer: str


class SimpleAuthForm(Form):
    """浙里办 simpleauth: a ticket (`st`) or a token, with md5 over code, password and time."""

    method: _Short = ""
    servicecode: _Short = ""
    time: _Short = ""
    sign: _Short = ""
    st: _Short = ""
    token: _Short = ""


class IrsTicket(Form):
    """IRS v2: a ticket."""

    ticketId: _Short = ""  # noqa: N815 - the vendor's name
    appId: _Short = ""  # noqa: N815 - the vendor's name


class IrsToken(Form):
    """IRS v2: an access token."""

    token: _Short = ""


class CroodsToken(Shape):
    """croods: a token, the service's number, the time in milliseconds and the signature."""

    model_config = ConfigDict(extra="ignore")

    serviceId: _Short  # noqa: N815 - the container's name
    token: _Short
    time: _Short
    sign: _Short


class WeixinTokenQuery(Query):
    """WeChat: the app's key and secret, as its own protocol carries them."""

    model_config = ConfigDict(extra="ignore")

    grant_type: _Short = ""
    appid: _Short = ""
    secret: _Short = ""


class WeixinTicketQuery(Query):
    """WeChat: an access token, and of what kind the ticket is to be."""

    model_config = ConfigDict(extra="ignore")

    access_token: _Short = ""
    type: _Short = ""


class WeixinTokenAsked(Shape):
    """WeChat's `stable_token`: the same without a secret in an address."""

    model_config = ConfigDict(extra="ignore")

    grant_type: _Short
    appid: _Short
    secret: _Short
