"""The few pages of a demo department system; labelled on every one."""

import html

from app_server.kernel.http.simulating import BANNER

_STYLE = (
    "body{font:16px/1.7 system-ui;max-width:44rem;margin:0 auto;padding:1rem;background:#eef1f4;"
    "color:#1d2733}main{background:#fff;border-radius:12px;padding:1.4rem 1.8rem;margin-top:1rem}"
    "h1{font-size:1.3rem}table{width:100%;border-collapse:collapse}td,th{text-align:left;padding:"
    ".4rem .6rem;border-bottom:1px solid #dfe4e8}a.go,button{display:inline-block;font:inherit;"
    "padding:.5rem 1.2rem;border:0;border-radius:8px;background:#1f3a5f;color:#fff;text-decoration:"
    "none}label{display:block;margin:.6rem 0}input{font:inherit;padding:.4rem .6rem;width:18rem}"
    ".bad{color:#b3261e}"
)


def page(title: str, body: str) -> str:
    """A whole page."""
    return (
        "<!doctype html><html lang=zh-CN><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width,initial-scale=1'>"
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style>{BANNER}"
        f"<main><h1>{html.escape(title)}</h1>{body}</main></html>"
    )


def said(text: str) -> str:
    """A sentence that went wrong."""
    return f"<p class=bad role=alert>{html.escape(text)}</p>" if text else ""


def welcome(name: str, account: str) -> str:
    """Who is signed in."""
    return (
        f"<p>您好，{html.escape(name)}（本系统账号：<b>{html.escape(account)}</b>）</p>"
        "<form method=post action=/leave><button>退出本系统</button></form>"
    )


def people(rows: list[tuple[str, str, str]]) -> str:
    """The accounts the system knows: account, name, state."""
    cells = "".join(
        f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    return f"<table><tr><th>账号<th>姓名<th>状态</tr>{cells}</table>"


SIGN_ON = "<p><a class=go href=/login>使用统一身份登录</a></p>"

LOCAL_FORM = (
    "<form method=post><label>本系统账号 <input name=account autocomplete=username></label>"
    "<label>本系统密码 <input name=password type=password autocomplete=current-password></label>"
    "{code}<button>{deed}</button></form>"
)
CODE_FIELD = "<label>绑定码 <input name=code autocomplete=one-time-code></label>"
