"""How a template becomes words, and what a template may say."""

import re
from collections.abc import Iterable, Mapping
from string import Formatter
from types import MappingProxyType

from app_server.kernel.errors import InvalidInput
from notify.rules.sms import sms_parts

CODE_WORDS = MappingProxyType(
    {
        "sign_up": "您正在注册万事账号，验证码 {code},5 分钟内有效。请勿告诉他人。",
        "face": "您正在进行实名认证，验证码 {code},5 分钟内有效。请勿告诉他人。",
        "assist": "工作人员正在协助您注册万事账号，请在 {page} 用验证码 {code} 自行设置密码，"
        "5 分钟内有效。请勿将密码告诉任何人，包括工作人员。",
        "": "您的验证码 {code},5 分钟内有效。请勿告诉他人。",
    }
)

CHANNELS = MappingProxyType(
    {
        "title": "标题",
        "inbox": "站内消息",
        "sms": "短信",
        "subscribe": "微信订阅消息",
        "template": "微信公众号消息",
        "alipay": "支付宝消息",
    }
)
# What a vendor's template is filled with: its own id, and words for each of its fields.
FIELDED = frozenset({"subscribe", "template", "alipay"})
Variant = str | dict[str, str]
LONGEST = {"title": 60, "inbox": 2000, "sms": 500}
MOST_PARTS = 4
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def words(text: str, params: Mapping[str, str]) -> str:
    """The template with its parameters; raises `KeyError` when one is missing."""
    return text.format_map(params)


def code_words(purpose: str, code: str, origin: str = "") -> str:
    """The sentence that carries a one-time code; some name the page at `origin` it is for."""
    kind, _, about = purpose.partition(":")
    page = f"{origin}/assisted/{about}"
    return words(CODE_WORDS.get(kind, CODE_WORDS[""]), {"code": code, "page": page})


def placeholders(text: str) -> frozenset[str]:
    """The parameters a text names; raises `ValueError` for anything but plain `{names}`.

    A format string reaches into objects (`{a.b}`, `{a[0]}`, `{a!r}`): editors get none of that.
    """
    found = set()
    for _, name, spec, conversion in Formatter().parse(text):
        if name is None:
            continue
        if spec or conversion or not _NAME.fullmatch(name):
            raise ValueError(name)
        found.add(name)
    return frozenset(found)


def _texts(variant: Variant) -> Iterable[str]:
    if isinstance(variant, str):
        return (variant,)
    return (text for name, text in variant.items() if name != "template_id")


def _fault(channel: str, variant: Variant, known: frozenset[str]) -> str:
    if channel not in CHANNELS:
        return "没有这个渠道"
    if (channel in FIELDED) == isinstance(variant, str):
        return "内容的形式与渠道不符"
    if isinstance(variant, dict) and not variant.get("template_id"):
        return "缺少渠道方的模板编号"
    return _text_fault(channel, list(_texts(variant)), known)


def _text_fault(channel: str, texts: list[str], known: frozenset[str]) -> str:
    if not all(text.strip() for text in texts):
        return "内容不能为空"
    if any(len(text) > LONGEST.get(channel, 200) for text in texts):
        return "内容过长"
    if channel == "title":
        return ""  # shown as it stands
    try:
        used = frozenset[str]().union(*(placeholders(text) for text in texts))
    except ValueError:
        return "占位符只能是 {名称}"
    unknown = sorted(used - known)
    return f"没有这个参数：{'、'.join(unknown)}" if unknown else ""


def checked_variants(variants: Mapping[str, Variant], params: Mapping[str, str]) -> None:
    """Refuse variants that name unknown channels or parameters; `InvalidInput` by channel."""
    known = frozenset(params)
    missing = [{"field": name, "message": "不能缺少"} for name in ("title", "inbox")
               if name not in variants]  # fmt: skip
    faults = {name: _fault(name, variant, known) for name, variant in variants.items()}
    errors = missing + [{"field": name, "message": text} for name, text in faults.items() if text]
    if errors:
        raise InvalidInput(errors=errors)


KINDS = MappingProxyType(
    {
        "text": re.compile(r"[^\x00-\x08\x0b-\x1f]{1,500}"),
        "number": re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?"),
        "date": re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"),
    }
)


def checked_sample(params: Mapping[str, str], sample: Mapping[str, str]) -> None:
    """Refuse parameters that are missing, unknown or of another type; `InvalidInput`."""
    errors = [
        {"field": name, "message": "模板中没有这个参数" if name in sample else "缺少这个参数"}
        for name in sorted(params.keys() ^ sample.keys())
    ]
    errors += [
        {"field": name, "message": "内容与参数类型不符"}
        for name, kind in params.items()
        if name in sample and not KINDS[kind].fullmatch(sample[name])
    ]
    if errors:
        raise InvalidInput(errors=errors)


def filled(variant: Variant, params: Mapping[str, str]) -> Variant:
    """A variant with its parameters; raises `KeyError` when one is missing."""
    if isinstance(variant, str):
        return words(variant, params)
    return {
        name: text if name == "template_id" else words(text, params)
        for name, text in variant.items()
    }


def too_long_for_sms(text: str) -> bool:
    """Whether a short message would take more parts than we send."""
    return sms_parts(text) > MOST_PARTS
