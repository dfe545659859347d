"""`wanshi up`: the whole platform with one command, and `wanshi clean-data` to forget it."""

import asyncio
import hashlib
import http.client
import os
import shutil
import signal
import socket
import sys
import time
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import click

from app_server.cli.backing import BackingServices
from app_server.cli.embedded import EmbeddedError, OwnerLock
from app_server.cli.postgres import EmbeddedPostgres
from app_server.cli.supervisor import Part, Supervisor, run_once
from app_server.kernel.settings import PROJECT, Settings, load

READY_SECONDS = 60.0
SURFACES = ("public", "staff", "partner")


def port_of(settings: Settings, surface: str) -> int:
    """The port a surface listens on."""
    ports = {
        "public": settings.public_port,
        "staff": settings.staff_port,
        "partner": settings.partner_port,
    }
    return ports[surface]


def owner_lock(settings: Settings) -> OwnerLock:
    """Held while this data folder's platform runs."""
    return OwnerLock(settings.data_dir / "up.lock", "万事")


def bring_up() -> None:
    """Start everything, serve until a signal, and leave nothing behind."""
    settings = load()
    lock = owner_lock(settings)
    services = BackingServices(settings)
    # Until the supervisor waits for signals itself, SIGTERM must unwind this stack too.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        lock.acquire()
        began = time.monotonic()
        _refuse_taken_ports(settings, [port_of(settings, surface) for surface in SURFACES])
        _step("启动数据库与缓存" if services.parts else "连接数据库与缓存")
        services.start()
        _step("加载程序")
        parts = _parts()
        _prepare_database(settings)
        _step(f"启动 {len(parts)} 个进程")
        supervisor = Supervisor(parts, settings.data_dir / "log", services.revive)
        try:
            supervisor.start()
            if _await_ready(supervisor, settings):
                click.echo(banner(settings, time.monotonic() - began))
                supervisor.watch()
        finally:
            click.echo("正在停止 …", err=True)
            supervisor.stop()
    except KeyboardInterrupt:
        click.echo("已中断。", err=True)
    except EmbeddedError as trouble:
        raise click.ClickException(str(trouble)) from trouble
    finally:
        services.stop()
        lock.release()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _step(text: str) -> None:
    click.echo(f"· {text} …")


def _refuse_taken_ports(settings: Settings, ports: list[int]) -> None:
    """Say which port is taken before anything starts.

    Our listeners share ports (SO_REUSEPORT), so without this a second instance of the same
    user would silently take half of the first one's requests.
    """
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.listen_host, port))
            except OSError as trouble:
                why = f"端口 {port} 不可用（{trouble.strerror}）"
                text = f"{why}；请停止占用它的程序，或改设 PUBLIC_PORT 等"
                raise EmbeddedError(text) from trouble


def _parts() -> list[Part]:
    """All child processes; importing them here is what makes their start fast."""
    from app_server import main, registry, worker

    settings = load()
    registry.assemble()

    def web(surface: Any) -> partial[None]:
        return partial(main.serve, surface, port_of(settings, surface))

    parts = [Part(f"web-public-{n}", web("public")) for n in range(1, settings.web_workers + 1)]
    parts += [Part("web-staff", web("staff")), Part("web-partner", web("partner"))]
    parts.append(Part("worker", worker.run))
    if settings.simulators and not settings.production:
        _refuse_taken_ports(
            settings, [simulator.port for simulator in registry.SIMULATORS.values()]
        )
        parts += [Part(f"simulator-{name}", s.run) for name, s in registry.SIMULATORS.items()]
    return parts


# --- the database -----------------------------------------------------------------


def migrate() -> None:
    """Bring the database to the present shape."""
    from app_server import registry

    asyncio.run(registry.migrate())


def seed() -> None:
    """Make the demo data; a second run changes nothing."""
    from app_server import registry

    asyncio.run(registry.seed(lambda text: click.echo(f"    {text}")))


def _prepare_database(settings: Settings) -> None:
    """Migrate always; make the demo data when there is none of this kind yet."""
    _step("更新数据库结构")
    if not run_once(migrate):
        raise EmbeddedError("数据库结构更新失败，原因见上")
    if settings.production:
        return
    mark = settings.data_dir / "seeded"
    key = _seed_key()
    if mark.is_file() and mark.read_text() == key:
        return
    _step("准备演示数据（仅首次）")
    if not run_once(seed):
        raise EmbeddedError("演示数据准备失败，原因见上")
    mark.write_text(key)


def _seed_key() -> str:
    """Which database was seeded by which seeds; new seeds run once more."""
    total = hashlib.sha256(load().database_url.encode())
    for root in ("app_server", "auth", "payments", "notify", "miniapps"):
        for file in sorted((PROJECT / root).rglob("seed*.py")):
            total.update(file.read_bytes())
    return total.hexdigest()


# --- being ready ------------------------------------------------------------------


def _answers(host: str, port: int) -> bool:
    line = http.client.HTTPConnection(host, port, timeout=2)
    try:
        line.request("GET", "/readyz")
        return line.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def _await_ready(supervisor: Supervisor, settings: Settings) -> bool:
    """Wait until every listener answers; name the silent ones if they never do."""
    host = "127.0.0.1" if settings.listen_host == "0.0.0.0" else settings.listen_host  # noqa: S104
    silent = [port_of(settings, surface) for surface in SURFACES]
    deadline = time.monotonic() + READY_SECONDS
    while silent and not supervisor.stopping:
        silent = [port for port in silent if not _answers(host, port)]
        if silent and time.monotonic() > deadline:
            logs = supervisor.logs
            raise EmbeddedError(
                f"{READY_SECONDS:.0f} 秒内端口 {silent} 没有就绪；请看 {logs} 下的日志"
            )
        if silent:
            supervisor.watch(0.05)
    return not supervisor.stopping


def banner(settings: Settings, seconds: float) -> str:
    """What the operator sees when all is up."""
    from app_server import registry

    lines = [
        "",
        f"  {settings.platform_name} 已就绪（用时 {seconds:.1f} 秒）",
        "",
        f"    居民入口    {settings.origin('public')}",
        f"    工作台      {settings.origin('staff')}",
        f"    合作方接口  {settings.origin('partner')}",
    ]
    if not settings.production:
        if registry.DEMO_ACCOUNTS:
            lines += ["", "    演示账号"]
        lines += [
            f"      {who}  {login}  {secret}" for who, login, secret in registry.DEMO_ACCOUNTS
        ]
        lines += ["", "  这是演示环境：人员、证照、支付与外部系统均为模拟，请勿录入真实个人信息。"]
        if settings.simulators and registry.SIMULATORS:
            names = "、".join(s.label for s in registry.SIMULATORS.values())
            lines.append(f"  模拟的外部系统：{names}")
    lines += [f"  日志：{settings.data_dir / 'log'}    停止：Ctrl-C", ""]
    return "\n".join(lines)


# --- forgetting -------------------------------------------------------------------


def clean_data() -> list[Path]:
    """Delete the embedded data and stored files; returns what was deleted."""
    settings = load()
    lock = owner_lock(settings)
    try:
        lock.acquire()
    except EmbeddedError as trouble:
        raise click.ClickException(str(trouble)) from trouble
    try:
        home = EmbeddedPostgres(PROJECT, settings.data_dir).home
        data = settings.data_dir
        doomed = [home, data / "valkey", data / "objects", data / "seeded"]
        gone = [path for path in doomed if path.exists()]
        for path in gone:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        return gone
    finally:
        lock.release()


def check_config() -> int:
    """Print what the configuration says and what is wrong with it; return an exit code."""
    settings = Settings()
    for name, value in settings.model_dump().items():
        hidden = name in {"database_url", "redis_url", "storage_url", "events_url", "metrics_token"}
        click.echo(f"{name.upper():22} {'(已设置)' if hidden and value else value}")
    findings = settings.findings()
    for finding in findings:
        click.echo(f"不合格：{finding}", err=True)
    if not findings:
        click.echo("配置可用。" if settings.production else "配置可用（开发环境）。")
    return 1 if findings else 0


def write_openapi(surface: Any, output: str) -> None:
    """Write a surface's OpenAPI document, byte for byte the same for the same code."""
    import json

    from app_server import main

    text = json.dumps(main.openapi(surface), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    if output == "-":
        sys.stdout.write(text)
        return
    path = Path(output)
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f"{path.name}.{os.getpid()}")
    half.write_text(text, encoding="utf-8")
    half.replace(path)
