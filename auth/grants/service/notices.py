"""What WeChat and Alipay tell us of their own accord: a user took an authorisation back."""

from auth.grants.errors import NoticeRefused
from auth.grants.providers import NoticeForged, PushQuery, alipay, wechat
from auth.grants.service.channels import withdrawn_at_vendor


def wechat_echo(query: PushQuery, given: str) -> str:
    """The answer to WeChat's check of our address; raises `NoticeRefused`."""
    try:
        return wechat().echo(query, given)
    except NoticeForged as error:
        raise NoticeRefused from error


async def wechat_notice(query: PushQuery, body: bytes) -> int:
    """Take an event of WeChat's; answers how many bindings ended. Raises `NoticeRefused`."""
    try:
        told = wechat().withdrawal(query, body)
    except NoticeForged as error:
        raise NoticeRefused from error
    return await withdrawn_at_vendor(told) if told else 0


async def alipay_notice(notice: dict[str, str]) -> int:
    """Take a message of Alipay's; answers how many bindings ended. Raises `NoticeRefused`."""
    try:
        told = alipay().withdrawal(notice)
    except NoticeForged as error:
        raise NoticeRefused from error
    return await withdrawn_at_vendor(told) if told else 0
