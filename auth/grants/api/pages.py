"""The few pages the provider shows by itself: where there is no relying party to go back to."""

from html import escape
from urllib.parse import urlsplit

from app_server.kernel.http import RawReply
from app_server.kernel.http.headers import PAGE_HEADERS

HTML = "text/html; charset=utf-8"


def page(title: str, body: str, status: int = 200, form_to: str = "") -> RawReply:
    """A page without scripts and styles; `form_to` is where its form's answer may lead."""
    target = urlsplit(form_to)
    leads = f" {target.scheme}://{target.netloc}" if target.netloc else ""
    policy = (
        f"default-src 'none'; base-uri 'none'; form-action 'self'{leads}; frame-ancestors 'none'"
    )
    text = (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title></head><body><main><h1>{escape(title)}</h1>"
        f"{body}</main></body></html>"
    )
    headers = PAGE_HEADERS | {"content-security-policy": policy}
    return RawReply(text.encode(), HTML, status, headers)


def refused_page(reason: str, status: int) -> RawReply:
    """A request that cannot even be refused to its sender."""
    body = (
        "<p>这次登录请求无法处理，请回到原系统重新进入。</p>"
        f'<p>如果一直这样，请把下面这行告诉该系统的维护人员：</p><p lang="en">{escape(reason)}</p>'
    )
    return page("无法登录", body, status)


def confirm_page(
    client_name: str, fields: dict[str, str | None], confirmation: str, target: str
) -> RawReply:
    """Ask before signing somebody out who did not come with proof of their own session."""
    who = f"“{escape(client_name)}”请求退出登录。" if client_name else "有系统请求退出登录。"
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in {**fields, "confirmation": confirmation}.items()
        if value is not None
    )
    body = (
        f"<p>{who}退出后，用本账号登录的各系统会一并退出。</p>"
        f'<form method="post" action="/oauth/logout/confirmation">{hidden}'
        '<button type="submit">退出登录</button></form>'
    )
    return page("退出登录", body, form_to=target)


def left_page() -> RawReply:
    """Signed out, and nowhere else to go."""
    return page("已退出登录", "<p>您已退出登录，可以关闭本页。</p>")
