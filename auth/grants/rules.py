"""How long grants live, when accounts wait, and what a password may be."""

from datetime import timedelta

from auth.grants.errors import WeakPassword

ACCESS_LIFE = timedelta(minutes=10)
IDLE = {"person": timedelta(days=30), "staff": timedelta(minutes=15)}
LIFE = {"person": timedelta(days=90), "staff": timedelta(hours=12)}
REFRESH_GRACE = timedelta(seconds=10)
CLIENT_TOKEN_LIFE = timedelta(minutes=30)
BINDING_LIFE = timedelta(minutes=10)

# ASVS 6.3.1 and identity-security.md: five wrong passwords, then a quarter of an hour.
WRONG_PASSWORDS = 5
LOCKED_FOR = timedelta(minutes=15)

TERMS_VERSION = "2026-11"

# The commonest passwords of public breach counts, in our own order; ASVS V6.2.4.
_COMMON = frozenset(
    {
        "12345678",
        "123456789",
        "1234567890",
        "password",
        "password1",
        "qwertyuiop",
        "11111111",
        "00000000",
        "88888888",
        "66666666",
        "87654321",
        "1q2w3e4r",
        "iloveyou",
        "abc12345",
        "abcd1234",
        "a1234567",
        "a12345678",
        "qwer1234",
        "asdf1234",
        "woaini520",
        "5201314520",
        "woaini1314",
        "zxcvbnm123",
        "admin123",
        "123123123",
        "147258369",
    }
)
MIN_PASSWORD = 8
MAX_PASSWORD = 128


def checked_password(password: str, *own: str) -> str:
    """The password itself; raises `WeakPassword` (ASVS V6.2: length, not composition)."""
    if len(password) < MIN_PASSWORD:
        raise WeakPassword(f"密码至少 {MIN_PASSWORD} 位")
    if len(password) > MAX_PASSWORD:
        raise WeakPassword(f"密码最多 {MAX_PASSWORD} 位")
    lower = password.lower()
    if lower in _COMMON or len(set(lower)) < 4:
        raise WeakPassword("这是常见密码，容易被猜到")
    if any(len(piece) >= 6 and piece.lower() in lower for piece in own):
        raise WeakPassword("密码中不要包含手机号、证件号等个人信息")
    return password
