"""Keys of an instance for one purpose each, and how they are changed."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app_server.kernel import signing_keys as rooms
from app_server.kernel.settings import ConfigurationRefused, load_secrets
from app_server.kernel.signing_keys import public_jwk, signing_keys


def pem(curve=None) -> str:
    return (
        ec.generate_private_key(curve or ec.SECP256R1())
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode()
    )


@pytest.fixture
def named(monkeypatch):
    def name(keys: list[str]):
        changed = load_secrets().model_copy(update={"signing_keys": {"test": keys}})
        monkeypatch.setattr(rooms, "load_secrets", lambda: changed)
        signing_keys.cache_clear()

    yield name
    signing_keys.cache_clear()


@pytest.mark.parametrize("text", ["", "no pem", pem(ec.SECP384R1())])
def test_what_is_no_p256_key_stops_the_instance(text, named):
    named([text])
    with pytest.raises(ConfigurationRefused):
        signing_keys("test")


def test_purposes_have_different_keys_without_any_entry():
    one, other = signing_keys("one")[0], signing_keys("other")[0]
    assert public_jwk(one)["kid"] != public_jwk(other)["kid"]
    assert public_jwk(one) == public_jwk(signing_keys("one")[0])


def test_after_a_change_the_new_key_signs_and_the_old_one_still_verifies(named):
    before = public_jwk(signing_keys("test")[0])
    named([pem(), "derived"])
    now = [public_jwk(key) for key in signing_keys("test")]
    assert now[0] != before
    assert now[1] == before
