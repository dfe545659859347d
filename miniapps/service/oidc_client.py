"""The app's own client as a relying party of OpenID Connect, for codes handed over in the shell."""

from collections.abc import Sequence

from app_server.kernel.principal import Principal
from auth.grants import service as grants
from miniapps import rules
from miniapps.service.gateway import given_scopes
from miniapps.service.launching import origin_of
from miniapps.service.moves import may_publish_app


async def keep_oidc_client(
    by: Principal, appid: str, jwks: Sequence[dict[str, str]] = ()
) -> tuple[str, str]:
    """Let the app's client take codes for `openid`, proved by its secret or by its own keys.

    Answers its id and its secret ("" where it has one, or proves itself by a key). Codes are for
    the app's own origin alone. Raises `NotYourApp`, `NoSuchMiniApp`, `RelyingPartyInvalid`.
    """
    app = await may_publish_app(by, appid)
    client_id = rules.client_id_of(appid)
    known = await grants.registered(client_id)
    own = (rules.TICKETS_CLIENT_SCOPE, rules.PUBLISH_SCOPE)
    # A private key is the one proof strong enough to publish and to use the gateway with.
    scopes = (*own, *await given_scopes(appid)) if jwks else own
    secret = await grants.register_relying_party(
        by,
        grants.RelyingParty(
            client_id=client_id,
            name=app.name or appid,
            realm="residents",
            redirect_uris=(f"{origin_of(appid)}/",),
            scopes=scopes if jwks or not known else None,
            region=rules.home_region(appid),
            auth_method="private_key_jwt" if jwks else "client_secret_basic",
            jwks=tuple(jwks),
        ),
    )
    return client_id, secret
