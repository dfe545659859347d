"""Apps' clients that prove themselves by a private key (RFC 7523)."""

import secrets
import time
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from auth.grants.service import oauth
from miniapps import service
from miniapps.rules import client_id_of
from tests.builders.miniapps import team

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def key_pair() -> tuple[ec.EllipticCurvePrivateKey, dict[str, Any]]:
    """A private key, and the public one as it is registered."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key, ECAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": "k1"}


def proof(key: ec.EllipticCurvePrivateKey, client_id: str) -> dict[str, str]:
    """What a token request of this client carries."""
    now = int(time.time())
    claims = {"iss": client_id, "sub": client_id, "aud": oauth.RESIDENTS.issuer, "iat": now}
    more = {"exp": now + 60, "jti": secrets.token_hex(8)}
    signed = jwt.encode(claims | more, key, "ES256", headers={"kid": "k1"})
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": signed}


async def partner_headers(public_origin: str, appid: str) -> dict[str, str]:
    """Authorization headers of the app's client, registered with a fresh key."""
    key, jwk = key_pair()
    await service.keep_oidc_client(await team(), appid, [jwk])
    client_id = client_id_of(appid)
    form = {"grant_type": "client_credentials", "client_id": client_id} | proof(key, client_id)
    async with httpx.AsyncClient(trust_env=False) as http:
        granted = (await http.post(f"{public_origin}/oauth/token", data=form)).json()
    return {"authorization": f"Bearer {granted['access_token']}"}
