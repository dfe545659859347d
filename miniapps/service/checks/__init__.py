"""Machine checks of a package: one table, one small function each.

Errors keep a version from being submitted; warnings and notes are for its makers and reviewers.
A check reads only; none runs what it reads, and all together take seconds whatever comes in.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from miniapps.service.archive import Package
from miniapps.service.checks import calls, contents, network, pages, policy, secrets
from miniapps.service.checks.finding import Finding, Look
from miniapps.service.checks.reading import read

_MOST = 50
_ORDER = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, slots=True)
class Check:
    """A check, and in a few words what it looks for."""

    title: str
    look: Look


CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "host.undeclared": Check("访问了没有在 network 中声明的地址", network.undeclared),
        "host.private": Check("使用内网或本机地址", network.private),
        "secret.private_key": Check("包里有私钥", secrets.private_keys),
        "secret.cloud": Check("包里有云服务密钥", secrets.cloud_keys),
        "secret.gateway": Check("在浏览器里做网关签名（X-BG-HMAC）", secrets.gateway_signing),
        "secret.literal": Check("代码里写死的密钥或口令", secrets.literals),
        "secret.token": Check("代码里写死的令牌（JWT）", secrets.tokens),
        "secret.file": Check("不该发布的密钥或环境文件", secrets.files),
        "csp.eval": Check("用字符串生成代码，会被安全策略拦下", policy.compiled),
        "csp.inline": Check("页面内嵌脚本，会被安全策略拦下", policy.inline),
        "page.zoom": Check("禁止放大页面", pages.zoom_locked),
        "page.lang": Check("页面没有写明语言", pages.without_language),
        "page.privacy": Check("处理个人信息但没有隐私政策", pages.without_policy),
        "page.elder": Check("不支持长辈版", pages.without_elder),
        "scope.unused": Check("申请了没有用到的权限", calls.unused),
        "scope.undeclared": Check("调用了没有申请权限的接口", calls.undeclared),
        "dialect.undeclared": Check("使用了没有声明的容器接口", calls.other_dialects),
        "file.unread": Check("文件太大或太乱，无法检查", contents.unread),
        "file.missing": Check("清单提到的文件不在包里", contents.missing),
        "file.source_map": Check("发布了源码映射", contents.source_maps),
        "file.large": Check("单个文件过大", contents.large),
        "file.unreferenced": Check("没有页面用到的文件", contents.unreferenced),
    }
)


def run(package: Package) -> list[Finding]:
    """What every check finds, errors first. Blocks for up to some seconds: use a thread."""
    app = read(package)
    found: list[Finding] = []
    for code, check in CHECKS.items():
        # Of each level its own: many warnings must not hide an error.
        counted: Counter[str] = Counter()
        for spot in check.look(app):
            counted[spot.level] += 1
            if counted[spot.level] <= _MOST:
                found.append(Finding(code, spot.level, spot.path, spot.line, spot.message))
            elif counted[spot.level] == _MOST + 1:
                more = f"{check.title}：还有更多，改完再查"
                found.append(Finding(code, spot.level, "", None, more))
    return sorted(found, key=lambda f: (_ORDER[f.level], f.code, f.path, f.line or 0))
