"""Certificates of SM2 and P-256: what we build, an outsider reads; what is wrong is named."""

import base64
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from app_server.kernel.certificates import building, checking
from app_server.kernel.certificates.building import Revoked, Subject, Validity
from app_server.kernel.certificates.keys import UnreadableCertificate, holds, public_key, raw_pair
from tests.builders.certificates import SoftKey, authority, leaf

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
ALGORITHMS = ["sm2", "p256"]


@pytest.fixture(params=ALGORITHMS)
def algorithm(request):
    return request.param


def test_bytes_that_are_no_certificate_are_refused():
    for junk in (b"", b"0", b"\x30\x03\x02\x01\x01", b"-----BEGIN X-----\n"):
        with pytest.raises(UnreadableCertificate):
            checking.read_certificate(junk)


def test_a_good_certificate_has_no_faults_and_a_strangers_is_untrusted(algorithm):
    ours, other = authority(algorithm, NOW), authority(algorithm, NOW)
    good = leaf(ours, NOW)
    assert checking.faults(good, [ours.trusted], NOW, building.SEALING) == []
    assert "untrusted" in checking.faults(good, [other.trusted], NOW)
    # Same name, another key: the signature decides.
    assert ours.certificate.subject == other.certificate.subject


def test_each_fault_is_named(algorithm):
    ours = authority(algorithm, NOW)
    good = leaf(ours, NOW)
    trusted = [ours.trusted]
    assert "expired" in checking.faults(good, trusted, NOW + timedelta(days=400))
    assert "not_yet" in checking.faults(good, trusted, NOW - timedelta(days=400))
    assert checking.faults(good, trusted, NOW, building.SEAL_MAKING) == ["usage"]
    assert checking.faults(leaf(ours, NOW, "time_stamp"), trusted, NOW, building.SEALING) == [
        "usage"
    ]
    without = [checking.TrustedAuthority(ours.certificate)]
    assert checking.faults(good, without, NOW) == ["no_list"]
    # A list that ran out says nothing any more.
    assert checking.faults(good, trusted, NOW + timedelta(days=40)) == ["no_list"]


def test_a_revoked_certificate_is_refused_from_then_on_and_not_before(algorithm):
    ours = authority(algorithm, NOW)
    gone = leaf(ours, NOW)
    listed = ours.listing([Revoked(gone.serial_number, NOW, "key_compromise")], NOW)
    trusted = [checking.TrustedAuthority(ours.certificate, listed)]
    assert checking.faults(gone, trusted, NOW + timedelta(seconds=1)) == ["revoked"]
    assert checking.faults(gone, trusted, NOW - timedelta(seconds=1)) == []


def test_an_authority_that_the_root_took_back_trusts_nobody(algorithm):
    root = authority(algorithm, NOW)
    city = authority(algorithm, NOW, above=root)
    own = leaf(city, NOW)
    assert checking.faults(own, [root.trusted, city.trusted], NOW) == []
    taken = root.listing([Revoked(city.certificate.serial_number, NOW, "superseded")], NOW)
    back = checking.TrustedAuthority(root.certificate, taken)
    assert checking.faults(own, [back, city.trusted], NOW) == ["revoked"]


def test_a_leaf_is_no_authority(algorithm):
    ours = authority(algorithm, NOW)
    pretender = leaf(ours, NOW)
    child = leaf(ours, NOW, signer=ours.leaf_key, issuer_certificate=pretender)
    between = checking.TrustedAuthority(pretender, ours.trusted.revocation_list)
    assert "untrusted" in checking.faults(child, [ours.trusted, between], NOW)


def test_one_flipped_bit_in_a_certificate_breaks_it(algorithm):
    ours = authority(algorithm, NOW)
    good = leaf(ours, NOW).dump()
    for place in range(60, len(good), 97):
        bent = bytearray(good)
        bent[place] ^= 1
        try:
            told = checking.faults(
                checking.read_certificate(bytes(bent)), [ours.trusted], NOW, building.SEALING
            )
        except UnreadableCertificate:
            continue
        assert told, place


def test_a_list_of_somebody_else_does_not_count(algorithm):
    ours, other = authority(algorithm, NOW), authority(algorithm, NOW)
    lent = checking.TrustedAuthority(ours.certificate, other.trusted.revocation_list)
    assert checking.faults(leaf(ours, NOW), [lent], NOW) == ["no_list"]


def test_a_request_tells_its_subject_and_must_be_signed_by_its_key(algorithm):
    key = SoftKey(algorithm)
    wanted = Subject("亳州市电子印章中心", "亳州市数据资源管理局", "11341600MB0000000M")
    asked = building.request(wanted, key)
    assert checking.read_request(asked) == (wanted, algorithm, key.point)
    bent = bytearray(asked)
    bent[-1] ^= 1
    with pytest.raises(UnreadableCertificate):
        checking.read_request(bytes(bent))


def test_openssl_verifies_chain_list_and_request(tmp_path):
    root = authority("p256", NOW)
    city = authority("p256", NOW, above=root)
    good, gone = leaf(city, NOW), leaf(city, NOW)
    listed = city.listing([Revoked(gone.serial_number, NOW, "key_compromise")], NOW)
    lists = _pem("X509 CRL", root.trusted.revocation_list.dump()) + _pem("X509 CRL", listed.dump())
    (tmp_path / "lists.pem").write_bytes(lists)
    for name, found in {"root": root.certificate, "city": city.certificate}.items():
        (tmp_path / f"{name}.pem").write_bytes(_pem("CERTIFICATE", found.dump()))
    answers = []
    for found in (good, gone):
        (tmp_path / "leaf.pem").write_bytes(_pem("CERTIFICATE", found.dump()))
        answers.append(
            _openssl(
                tmp_path,
                *("verify", "-attime", str(int(NOW.timestamp()) + 60), "-crl_check_all"),
                *("-CRLfile", "lists.pem", "-CAfile", "root.pem", "-untrusted", "city.pem"),
                "leaf.pem",
            )
        )
    assert answers[0].returncode == 0, answers[0].stderr
    assert "certificate revoked" in answers[1].stderr


def test_openssl_verifies_an_sm2_certificate_with_the_customary_identifier(tmp_path):
    root = authority("sm2", NOW)
    for name, found in {"root": root.certificate, "leaf": leaf(root, NOW)}.items():
        (tmp_path / f"{name}.pem").write_bytes(_pem("CERTIFICATE", found.dump()))
    told = _openssl(
        tmp_path,
        *("verify", "-attime", str(int(NOW.timestamp())), "-CAfile", "root.pem"),
        *("-vfyopt", "distid:1234567812345678", "leaf.pem"),
    )
    assert told.returncode == 0, told.stderr


def test_a_signature_of_the_wrong_form_does_not_hold(algorithm):
    key = SoftKey(algorithm)
    made = key.sign(b"text")
    assert holds(algorithm, key.point, b"text", made)
    assert not holds(algorithm, key.point, b"texts", made)
    for wrong in (b"", made[:-1], made + b"\0", b"\x30\x06\x02\x01\x00\x02\x01\x00", b"\x30\x80"):
        assert not holds(algorithm, key.point, b"text", wrong)
    with pytest.raises(ValueError, match="range"):
        raw_pair(b"\x30\x06\x02\x01\x00\x02\x01\x01")


def test_a_point_off_the_curve_is_no_key(algorithm):
    info = public_key(algorithm, b"\x04" + b"\x01" * 64)
    ours = authority(algorithm, NOW)
    strange = building.certificate(
        Subject("x"), info, "seal", Validity(NOW, NOW), ours.key, ours.certificate
    )
    with pytest.raises(UnreadableCertificate):
        checking.key_of(checking.read_certificate(strange))


def _pem(kind: str, der: bytes) -> bytes:
    body = base64.encodebytes(der).decode()
    return f"-----BEGIN {kind}-----\n{body}-----END {kind}-----\n".encode()


def _openssl(folder, *arguments):
    return subprocess.run(
        ["openssl", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_serial_number_is_long_and_random(algorithm):
    ours = authority(algorithm, NOW)
    serials = {leaf(ours, NOW).serial_number for _ in range(3)}
    assert len(serials) == 3
    assert all(n.bit_length() == 127 for n in serials)
