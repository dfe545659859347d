"""The one list of contexts, and the only file that sees all of them.

It imports every context's rooms that act by being imported (api, handlers, jobs), binds the
ports, and knows how to migrate and seed.
"""

import importlib
import importlib.util
import os
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from tortoise.migrations.api import migrate as tortoise_migrate

from app_server.exchange import service as exchange
from app_server.forms import service as forms
from app_server.kernel import cache, db, live, working_days
from app_server.kernel.http import RawReply
from app_server.kernel.http.serving import authenticate_with, lend_hosts
from app_server.kernel.pool import ProcessPool
from app_server.kernel.settings import load
from app_server.sharing import service as sharing
from auth.edge.service import authenticate, hear_revocations
from auth.federation import service as federation
from auth.grants import service as grants
from auth.identity import service as identity
from auth.identity.providers.face_engine import FaceVerifier, face_pool
from auth.organisations import service as organisations
from auth.people import service as people
from auth.staff import service as staff
from miniapps import service as miniapps
from notify import service as notify
from payments import service as payments

# Bottom to top, as the floors in house.md.
CONTEXTS: tuple[str, ...] = (
    "auth.people",
    "auth.staff",
    "auth.identity",
    "auth.organisations",
    "auth.grants",
    "auth.federation",
    "auth.edge",
    "notify",
    "app_server.sharing",
    "app_server.seals",
    "app_server.forms",
    "app_server.workflow",
    "payments",
    "app_server.licences",
    "app_server.logistics",
    "app_server.items",
    "app_server.move_car",
    "app_server.appointments",
    "app_server.cases",
    "app_server.evaluations",
    "app_server.themes",
    # After what it subscribes to.
    "app_server.exchange",
    "miniapps",
    "app_server.search",
    "app_server.portal",
)

CONTEXTS += tuple(filter(None, os.environ.get("WANSHI_EXTRA_CONTEXTS", "").split(",")))

ACTING_ROOMS = ("api", "handlers", "jobs")

DEMO_ACCOUNTS: list[tuple[str, str, str]] = [
    ("居民（中级实名）", "13900000002", "Wanshi-Demo-2026"),
    ("居民（初级实名）", "13900000003", "Wanshi-Demo-2026"),
    ("住房窗口（工作台）", "zhao.housing", "Wanshi-Demo-2026"),
    ("公安窗口（工作台）", "sun.police", "Wanshi-Demo-2026"),
    ("住房部门负责人（工作台）", "guo.head", "Wanshi-Demo-2026"),
    ("综合窗口（工作台）", "feng.window", "Wanshi-Demo-2026"),
    ("事项编制（工作台）", "shen.items", "Wanshi-Demo-2026"),
    ("事项部门核对（工作台）", "han.items", "Wanshi-Demo-2026"),
    ("编制审核（工作台）", "jiang.posts", "Wanshi-Demo-2026"),
    ("法制审核（工作台）", "shi.law", "Wanshi-Demo-2026"),
    ("执收单位财务（工作台）", "cai.finance", "Wanshi-Demo-2026"),
    ("执收单位财务复核（工作台）", "jin.finance", "Wanshi-Demo-2026"),
    ("财政国库（工作台）", "bao.treasury", "Wanshi-Demo-2026"),
    ("教育部门审批（工作台）", "ye.education", "Wanshi-Demo-2026"),
    ("大厅收费（工作台）", "qin.cashier", "Wanshi-Demo-2026"),
    ("证照管理（工作台）", "mei.licence", "Wanshi-Demo-2026"),
    ("印章管理（工作台）", "yin.seal", "Wanshi-Demo-2026"),
    ("印章主管（工作台）", "zhang.seal", "Wanshi-Demo-2026"),
    ("印章主管复核（工作台）", "xi.seal", "Wanshi-Demo-2026"),
    ("消息管理（工作台）", "wen.message", "Wanshi-Demo-2026"),
    ("消息管理复核（工作台）", "tong.message", "Wanshi-Demo-2026"),
    ("流程设计（工作台）", "tan.flow", "Wanshi-Demo-2026"),
    ("流程核对（工作台）", "he.flow", "Wanshi-Demo-2026"),
    ("实名认证窗口（工作台）", "wu.window", "Wanshi-Demo-2026"),
    ("亳州应用发布（工作台）", "publish.341600", "Wanshi-Demo-2026"),
    ("亳州应用审核（工作台）", "review.341600", "Wanshi-Demo-2026"),
    ("数据专员（工作台）", "ning.data", "Wanshi-Demo-2026"),
    ("数据主管（工作台）", "tao.data", "Wanshi-Demo-2026"),
    ("数据提供单位主管（工作台）", "cen.police", "Wanshi-Demo-2026"),
    ("省级应用审核（工作台）", "review.340000", "Wanshi-Demo-2026"),
    ("系统管理员（工作台）", "admin.system", "Wanshi-Demo-2026"),
    ("安全管理员（工作台）", "admin.security", "Wanshi-Demo-2026"),
    ("安全审计员（工作台）", "admin.audit", "Wanshi-Demo-2026"),
]


@dataclass(frozen=True, slots=True)
class Simulator:
    """A stand-in for an outside party: its own process, labelled, refused in production."""

    name: str
    label: str
    port: int
    run: Callable[[], None]


SIMULATED: tuple[tuple[str, str, int, str], ...] = (
    ("sms", "模拟短信网关", 1, "notify.simulators.sms"),
    ("exchange", "模拟数据共享平台", 2, "app_server.sharing.simulators.exchange"),
    ("wechat", "模拟微信", 3, "auth.grants.simulators.wechat"),
    ("alipay", "模拟支付宝", 4, "auth.grants.simulators.alipay"),
    ("nontax", "模拟非税收缴系统", 5, "payments.simulators.nontax"),
    ("alipay_certify", "模拟支付宝身份认证", 14, "auth.identity.simulators.alipay_certify"),
    ("wechat_verify", "模拟微信实人认证", 15, "auth.identity.simulators.wechat_verify"),
    ("unionpay", "模拟银联实名认证", 16, "auth.identity.simulators.unionpay"),
    ("authorities", "模拟电子认证机构", 17, "auth.identity.simulators.authorities"),
    ("speech", "模拟语音识别", 18, "auth.identity.simulators.speech"),
    ("national", "模拟国家互认服务", 19, "auth.federation.simulators.national"),
    ("department_unified", "模拟业务系统（统一用户）", 21, "auth.staff.simulators.unified"),
    ("department_mapped", "模拟业务系统（账号映射）", 22, "auth.staff.simulators.mapped"),
    ("housing", "模拟亳州公租房后台", 11, "miniapps.simulators.housing_backend"),
    ("tongling", "模拟铜陵便民后台", 12, "miniapps.simulators.tongling_services"),
    ("ems", "模拟邮政速递", 23, "app_server.logistics.simulators.ems"),
    ("approvals", "模拟部门审批业务系统", 24, "app_server.exchange.simulators.department"),
    ("investment", "模拟投资项目平台", 25, "app_server.themes.simulators.investment"),
    ("push", "模拟浏览器推送服务", 26, "notify.simulators.push"),
    ("sf", "模拟顺丰", 28, "app_server.logistics.simulators.sf"),
    ("wechatpay", "模拟微信支付", 30, "payments.simulators.wechatpay"),
    ("alipay_pay", "模拟支付宝支付", 31, "payments.simulators.alipay"),
    ("unionpay_pay", "模拟银联支付", 32, "payments.simulators.unionpay"),
    ("wechat_nontax", "模拟微信非税缴费", 33, "payments.simulators.wechat_nontax"),
    ("privacy_number", "模拟隐私号平台", 35, "app_server.move_car.simulators.privacy_number"),
    ("tsa", "模拟时间戳机构", 36, "app_server.seals.simulators.tsa"),
    ("clamav", "模拟病毒扫描", 20, "app_server.forms.simulators.clamav"),
    ("cities", "模拟各市应用后台", 13, "miniapps.simulators.city_back_ends"),
)


def _run_module(module: str, port: int) -> None:
    importlib.import_module(module).run(port)


def simulators() -> dict[str, Simulator]:
    """The simulators of this instance by name; none where real people are served."""
    settings = load()
    if settings.production or not settings.simulators:
        return {}
    return {
        name: Simulator(
            name,
            label,
            settings.simulator_base_port + number,
            partial(_run_module, module, settings.simulator_base_port + number),
        )
        for name, label, number, module in SIMULATED
    }


SIMULATORS: dict[str, Simulator] = simulators()


def form_targets() -> str:
    """Where else residents' pages may post a form: the payment channels that want one."""
    return " ".join(sorted(payments.form_targets()))


def room(context: str, name: str) -> Any | None:
    """A context's room if it has it."""
    module = f"{context}.{name}"
    return importlib.import_module(module) if importlib.util.find_spec(module) else None


async def window_of(staff_id: UUID) -> identity.Window | None:
    """The window an officer's post stands at, for identity (a neighbour of staff)."""
    facts = await staff.staff_member(staff_id)
    if facts.window is None:
        return None
    return identity.Window(facts.window.id, facts.window.level, facts.region)


def assemble() -> None:
    """Import every acting room and bind the ports; call once per process."""
    authenticate_with(authenticate)
    lend_hosts(miniapps.is_origin)
    people.send_codes_by(notify.send_code)
    grants.pass_wechat_pushes_to(notify.take_mini_program)
    identity.check_registries_by(sharing.PopulationChecks())
    identity.find_windows_by(window_of)
    organisations.check_organisations_by(sharing.OrganisationChecks())
    # The ground floor's own pages: it has no `api` room.
    importlib.import_module("app_server.kernel.calendar_routes")
    importlib.import_module("app_server.kernel.partner_document")
    for context in CONTEXTS:
        for name in ACTING_ROOMS:
            room(context, name)


def web_jobs(surface: str) -> list[Coroutine[Any, Any, None]]:
    """What runs beside requests for the life of a web process."""
    heard = [hear_revocations()]
    return [*heard, live.hear()] if surface == "public" else heard


async def serve_mini_app(host: str, path: str, method: str, **more: Any) -> RawReply | None:
    """The answer of a mini-app origin; None when the host is not one."""
    return await miniapps.serve_origin(miniapps.OriginRequest(host, path, method, **more))


async def frame_origins() -> list[str]:
    """The origins that may embed the province's registration page (R-ID-23)."""
    return await federation.frame_origins() if load().platform_tier == "province" else []


def end_streams() -> None:
    """Let go of replies that stay open, so that a stopping process is not held up."""
    live.end()


# What a worker repeats beside deliveries and jobs.
WORKER_STEPS: tuple[Callable[[], Awaitable[bool]], ...] = (forms.read_one, exchange.converge)

_engines: list[ProcessPool] = []


async def open_engines(surface: str) -> None:
    """Start what a web process computes with: faces where residents are, packages elsewhere."""
    if surface == "public":
        pool = face_pool(workers=1)
        await pool.start()
        verifier = FaceVerifier(pool)
        identity.compare_faces_with(verifier)
        identity.read_films_with(verifier)
        _engines.append(pool)
    else:
        # Teams upload in the console and with their apps' keys.
        packages = miniapps.package_pool()
        miniapps.examine_packages_in(packages)
        _engines.append(packages)


async def close_engines() -> None:
    """Stop what `open_engines` started."""
    while _engines:
        await _engines.pop().close()


def tortoise() -> dict[str, Any]:
    """Tortoise's configuration: one app per context that has tables."""
    apps = {"kernel": "app_server.kernel.tables"}
    for context in CONTEXTS:
        if importlib.util.find_spec(f"{context}.models"):
            apps[context.rpartition(".")[2]] = f"{context}.models"
    settings = load()
    return db.tortoise_config(settings.database_url, apps, settings.database_pool)


async def connect() -> None:
    """Open the database in this process's loop."""
    await db.open_database(tortoise())


async def disconnect() -> None:
    """Close what `connect` and the cache opened."""
    await forms.close_reader()
    await cache.close_cache()
    await db.close_database()


async def migrate() -> None:
    """Bring the database to the present shape; one process at a time."""
    config = tortoise()
    await db.open_database(config)
    try:
        # Tortoise's own migrate takes no lock: two at once would crash (stack.md §1).
        async with db.advisory_lock("wanshi.migrate"):
            # App by app: no table refers to another context's, and Tortoise copies the state of
            # every app it is given at each step (all at once took 21 s, so it takes 3).
            for app in config["apps"]:
                await tortoise_migrate(config=config, app_labels=[app])
            await working_days.import_library()
    finally:
        await disconnect()


Seed = Callable[[Callable[[str], None]], Awaitable[None]]


async def seed(progress: Callable[[str], None]) -> None:
    """Make the demo province through the services; a second run changes nothing."""
    assemble()
    await connect()
    try:
        for context in CONTEXTS:
            module = room(context, "seed")
            if module is not None:
                progress(f"演示数据：{context}")
                await module.seed()
    finally:
        await disconnect()


TORTOISE = tortoise()
