"""Who signed a package, and what the platform says was released."""

import base64
import hashlib
import io
import subprocess
import zipfile
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from gmalg import SM2
from hypothesis import given, settings
from hypothesis import strategies as st

from app_server.kernel import clock
from app_server.kernel.signing_keys import signing_keys
from auth.grants.service.jose import b64
from miniapps import service
from miniapps.errors import PackageRefused, PublicKeyRefused, ReleaseDocumentRefused
from miniapps.service import signing
from tests.builders.miniapps import files, manifest

PEM, SPKI = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
SM2_INFO = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")


def private_pem(key) -> str:
    return key.private_bytes(
        PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def public_pem(key) -> str:
    return key.public_key().public_bytes(PEM, SPKI).decode()


def sm2_pem(point: bytes) -> str:
    body = base64.encodebytes(SM2_INFO + point).decode()
    return f"-----BEGIN PUBLIC KEY-----\n{body}-----END PUBLIC KEY-----\n"


KEY = ed25519.Ed25519PrivateKey.generate()
PUBLIC = public_pem(KEY)


def signed(described=None, key=KEY, **more: bytes):
    return service.open_package(
        service.pack(files(described, **more), signing.signer(private_pem(key)))
    )


# --- the developer's --------------------------------------------------------------------


def test_a_signature_of_a_stranger_is_refused():
    package = signed(key=ed25519.Ed25519PrivateKey.generate())
    with pytest.raises(PackageRefused, match="登记"):
        signing.verify(package.index_bytes, package.signature, PUBLIC)


def test_a_strangers_signature_under_the_registered_name_is_refused():
    package = signed(key=ed25519.Ed25519PrivateKey.generate())
    forged = package.signature.model_copy(update={"key_id": signing.key_id_of(PUBLIC)})
    with pytest.raises(PackageRefused, match="改动"):
        signing.verify(package.index_bytes, forged, PUBLIC)


def test_a_signed_package_is_known_to_be_its_developers():
    package = signed()
    assert package.signature.key_id == signing.key_id_of(PUBLIC)
    signing.verify(package.index_bytes, package.signature, PUBLIC)


def test_an_unsigned_package_has_no_signature_and_the_same_digest():
    plain = service.open_package(service.pack(files()))
    assert plain.signature is None
    assert plain.digest == signed().digest


def test_the_old_signature_does_not_hold_for_a_changed_byte():
    old, new = signed(), signed(**{"js/app.js": b"wanshi.auth.getTicket();evil()"})
    with pytest.raises(PackageRefused, match="改动"):
        signing.verify(new.index_bytes, old.signature, PUBLIC)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 63), st.integers(1, 255))
def test_a_changed_signature_does_not_hold(place, flip):
    package = signed()
    sig = bytearray(base64.b64decode(package.signature.sig))
    sig[place] ^= flip
    changed = package.signature.model_copy(update={"sig": base64.b64encode(sig).decode()})
    with pytest.raises(PackageRefused):
        signing.verify(package.index_bytes, changed, PUBLIC)


def test_a_manifest_that_names_its_key_is_refused_without_the_signature():
    key_id = signing.key_id_of(PUBLIC)
    described = manifest(signing={"key_id": key_id, "alg": "ed25519"})
    assert signed(described).signature.key_id == key_id
    with pytest.raises(PackageRefused, match=r"dev\.sig"):
        service.open_package(service.pack(files(described)))
    with pytest.raises(PackageRefused, match="不一致"):
        signed(described, ed25519.Ed25519PrivateKey.generate())


def test_the_signature_covers_an_index_in_its_one_spelling():
    package = signed()
    with zipfile.ZipFile(io.BytesIO(service.pack(files()))) as archive:
        assert archive.read("META-INF/files.json") == package.index_bytes
    assert b" " not in package.index_bytes
    assert package.index_bytes.startswith(b'{"app.json":{"sha256":"')


def test_a_key_is_named_by_the_digest_of_its_public_half():
    info = KEY.public_key().public_bytes(serialization.Encoding.DER, SPKI)
    assert signing.key_id_of(PUBLIC) == b64(hashlib.sha256(info).digest())


def test_however_a_key_is_written_it_is_kept_in_one_spelling():
    messy = "\n" + PUBLIC.replace("\n", "\r\n") + "\n\n"
    assert signing.checked_public_key(messy) == ("ed25519", PUBLIC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "x" * 5000,
        "-----BEGIN PUBLIC KEY-----\n!!!!\n-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        public_pem(ec.generate_private_key(ec.SECP256R1())),
        public_pem(rsa.generate_private_key(65537, 2048)),
        sm2_pem(b"\4" + b"\1" * 64),
        sm2_pem(b"\4" + b"\0" * 64),
        sm2_pem(SM2().generate_keypair()[1] + b"\0"),
        sm2_pem(b"\4" + b"\xff" * 64),
    ],
)
def test_what_is_no_key_of_ours_is_refused(text):
    with pytest.raises(PublicKeyRefused):
        signing.checked_public_key(text)


def test_a_private_key_sent_by_mistake_is_refused_with_a_warning():
    with pytest.raises(PublicKeyRefused, match="私钥"):
        signing.checked_public_key(private_pem(KEY))


def test_a_signature_openssl_made_with_sm2_holds_and_no_longer_after_a_change(tmp_path):
    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=tmp_path, check=True, capture_output=True)

    index = service.open_package(service.pack(files())).index_bytes
    (tmp_path / "index").write_bytes(index)
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", "key.pem")
    openssl("pkey", "-in", "key.pem", "-pubout", "-out", "public.pem")
    openssl("pkeyutl", "-sign", "-inkey", "key.pem", "-rawin", "-digest", "sm3", "-in", "index",
        "-out", "sig", "-pkeyopt", "distid:1234567812345678")  # fmt: skip
    algorithm, pem = signing.checked_public_key((tmp_path / "public.pem").read_text())
    assert algorithm == "sm2"
    r, s = decode_dss_signature((tmp_path / "sig").read_bytes())
    raw = base64.b64encode(r.to_bytes(32) + s.to_bytes(32)).decode()
    made = signing.Signature(key_id=signing.key_id_of(pem), alg="sm2", sig=raw)
    signing.verify(index, made, pem)
    with pytest.raises(PackageRefused, match="改动"):
        signing.verify(index + b" ", made, pem)
    with pytest.raises(PackageRefused, match="登记"):
        signing.verify(index, made.model_copy(update={"alg": "ed25519"}), pem)


# --- the platform's ---------------------------------------------------------------------


def document(**changes) -> str:
    package = service.open_package(service.pack(files()))
    facts = {
        "code": 1,
        "index_digest": package.digest,
        "csp": package.manifest.content_policy("https://shell.example.cn"),
        "scopes": package.manifest.scopes,
        "floor": 1,
        "not_after": clock.now() + timedelta(days=90),
    } | changes
    return signing.release_document(package.manifest, **facts)


@pytest.mark.parametrize("text", ["", "a.b.c", "x" * 100_000, "eyJhbGciOiJub25lIn0.e30."])
def test_what_is_no_release_document_is_refused(text):
    with pytest.raises(ReleaseDocumentRefused):
        signing.read_release_document(text)


def test_a_release_document_says_what_review_granted():
    read = signing.read_release_document(document(floor=3, code=7))
    assert (read["sub"], read["code"], read["floor"]) == ("ah341600test", 7, 3)
    assert read["scopes"] == ["auth.ticket"]
    assert read["index"] == service.open_package(service.pack(files())).digest
    assert "connect-src 'self' https://api.example.gov.cn" in read["csp"]


def test_a_release_document_altered_in_any_part_is_refused():
    text = document()
    for part in range(3):
        pieces = text.split(".")
        middle = len(pieces[part]) // 2
        other = "A" if pieces[part][middle] != "A" else "B"
        pieces[part] = pieces[part][:middle] + other + pieces[part][middle + 1 :]
        with pytest.raises(ReleaseDocumentRefused):
            signing.read_release_document(".".join(pieces))


def test_a_release_document_is_over_at_its_time():
    over = document(not_after=clock.now() - timedelta(seconds=1))
    with pytest.raises(ReleaseDocumentRefused):
        signing.read_release_document(over)


def test_a_document_by_another_key_or_of_another_kind_is_refused():
    claims = jwt.decode(document(), options={"verify_signature": False})
    stranger = ec.generate_private_key(ec.SECP256R1())
    headers = jwt.get_unverified_header(document())
    forged = jwt.encode(claims, stranger, "ES256", headers=headers)
    (key,) = signing_keys("miniapp release")
    own = jwt.encode(claims, key, "ES256", headers={"kid": headers["kid"], "typ": "at+jwt"})
    for text in (forged, own):
        with pytest.raises(ReleaseDocumentRefused):
            signing.read_release_document(text)


def test_a_browser_can_verify_it_with_the_published_key():
    text, jwk = document(), signing.release_jwk()
    assert jwt.get_unverified_header(text) == {
        "alg": "ES256",
        "kid": jwk["kid"],
        "typ": "miniapp-release+jwt",
    }
    assert "d" not in jwk
    assert jwt.decode(text, jwt.PyJWK(jwk).key, ["ES256"])["sub"] == "ah341600test"
