"""States of an SMS, and how a template becomes words."""

from types import MappingProxyType

SMS_EDGES = MappingProxyType(
    {
        "queued": frozenset({"accepted", "failed"}),
        "accepted": frozenset({"delivered", "failed"}),
        "delivered": frozenset(),
        "failed": frozenset(),
    }
)

CODE_WORDS = MappingProxyType(
    {
        "sign_up": "您正在注册万事账号，验证码 {code},5 分钟内有效。请勿告诉他人。",
        "face": "您正在进行实名认证，验证码 {code},5 分钟内有效。请勿告诉他人。",
        "assist": "工作人员正在协助您注册万事账号，请在 {page} 用验证码 {code} 自行设置密码，"
        "5 分钟内有效。请勿将密码告诉任何人，包括工作人员。",
        "": "您的验证码 {code},5 分钟内有效。请勿告诉他人。",
    }
)


def words(text: str, params: dict[str, str]) -> str:
    """The template with its parameters; raises `KeyError` when one is missing."""
    return text.format_map(params)


def code_words(purpose: str, code: str, origin: str = "") -> str:
    """The sentence that carries a one-time code; some name the page at `origin` it is for."""
    kind, _, about = purpose.partition(":")
    page = f"{origin}/assisted/{about}"
    return words(CODE_WORDS.get(kind, CODE_WORDS[""]), {"code": code, "page": page})
