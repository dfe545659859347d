"""What WeChat and Alipay tell us of their own accord: a user took an authorisation back."""

from collections.abc import Awaitable, Callable

from auth.grants.errors import NoticeRefused
from auth.grants.providers import NoticeForged, PushQuery, alipay, wechat
from auth.grants.service.channels import withdrawn_at_vendor

# Port (← notify): events of the mini program that are about messages, in clear.
PushTaker = Callable[[str], Awaitable[None]]
_take_push: PushTaker | None = None


def pass_wechat_pushes_to(taker: PushTaker) -> None:
    """Bind who else takes what the mini program pushes (the registry does, once)."""
    global _take_push  # noqa: PLW0603 - a port is bound once at start
    _take_push = taker


def wechat_echo(query: PushQuery, given: str) -> str:
    """The answer to WeChat's check of our address; raises `NoticeRefused`."""
    try:
        return wechat().echo(query, given)
    except NoticeForged as error:
        raise NoticeRefused from error


async def wechat_notice(query: PushQuery, body: bytes) -> int:
    """Take an event of WeChat's; answers how many bindings ended. Raises `NoticeRefused`."""
    try:
        text = wechat().opened(query, body)
        told = wechat().withdrawal(text)
    except NoticeForged as error:
        raise NoticeRefused from error
    if told is None and _take_push is not None:
        await _take_push(text)
    return await withdrawn_at_vendor(told) if told else 0


async def alipay_notice(notice: dict[str, str]) -> int:
    """Take a message of Alipay's; answers how many bindings ended. Raises `NoticeRefused`."""
    try:
        told = alipay().withdrawal(notice)
    except NoticeForged as error:
        raise NoticeRefused from error
    return await withdrawn_at_vendor(told) if told else 0
