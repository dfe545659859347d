"""What a data service must say when it is registered (R-DAT-01, R-DAT-07)."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from app_server.sharing.rules.registries import SERVICES

KINDS = MappingProxyType({"registry": "登记库", "url": "部门接口", "flow": "组合服务"})
_HOLDERS = Path(__file__).parents[1] / "data" / "registry_holders.json"


@dataclass(frozen=True, slots=True)
class ServiceWanted:
    """A data service as its provider registers it; times in milliseconds, days are working days.

    `target` is a registry's code or the address that is asked; a composed one has a `flow`.
    """

    name: str
    kind: str
    needs: tuple[str, ...]
    gives: tuple[str, ...]
    target: str = ""
    health_target: str = ""
    probe: Mapping[str, str] = field(default_factory=dict)
    flow: Mapping[str, Any] | None = None
    timeout_ms: int = 5000
    approve_days: int = 5
    most_per_day: int = 10_000


@lru_cache(maxsize=1)
def holders() -> Mapping[str, str]:
    """The organisation that keeps each registry, by the first part of a registry's code."""
    return MappingProxyType(json.loads(_HOLDERS.read_text())["holders"])


def service_findings(
    wanted: ServiceWanted, org: str, fields: Iterable[str], *, production: bool
) -> list[dict[str, str]]:
    """What is wrong with a service of this organisation over these fields."""
    wrong: dict[str, str] = {}
    beyond = sorted(set(wanted.gives) - set(fields))
    if beyond or not wanted.gives:
        wrong["gives"] = f"不在信息资源的信息项内：{'、'.join(beyond)}" if beyond else "至少一项"
    match wanted.kind:
        case "registry":
            wrong |= _wrong_registry(wanted, org)
        case "url":
            for name in ("target", "health_target"):
                if not _good_address(getattr(wanted, name), production=production):
                    wrong[name] = "须为 https 地址，不带账号和片段"
        case "flow":
            if wanted.flow is None:
                wrong["flow"] = "组合服务须有编排内容"
        case _:
            wrong["kind"] = "不在可选范围内"
    if wanted.kind != "flow" and wanted.flow is not None:
        wrong["flow"] = "只有组合服务才有编排内容"
    return [{"field": name, "message": message} for name, message in wrong.items()]


def _wrong_registry(wanted: ServiceWanted, org: str) -> dict[str, str]:
    known = SERVICES.get(wanted.target)
    if known is None:
        return {"target": "没有这个登记库"}
    wrong = {}
    if holders().get(wanted.target.partition(".")[0]) != org:
        wrong["target"] = "登记库只能由其主管单位登记"
    if set(wanted.needs) != known.needs:
        wrong["needs"] = f"须为：{'、'.join(sorted(known.needs))}"
    if not set(wanted.gives) <= known.gives:
        wrong["gives"] = f"登记库只提供：{'、'.join(sorted(known.gives))}"
    if set(wanted.probe) != known.needs:
        wrong["probe"] = "须给出完整的探测样例"
    return wrong


def _good_address(url: str, *, production: bool) -> bool:
    parts = urlsplit(url)
    plain = parts.scheme == "http" and parts.hostname == "127.0.0.1" and not production
    named = bool(parts.hostname) and not parts.username and not parts.fragment
    return named and (parts.scheme == "https" or plain)
