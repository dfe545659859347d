"""The `wanshi` command: bring the platform up, or run one piece of it.

Imports stand inside functions here, and only here: a command must not load what it does not
need, and the embedded database's address must be in the environment before the registry is
imported.
"""

import tempfile
from pathlib import Path

import click

from app_server.kernel.settings import ConfigurationRefused

SURFACE = click.Choice(["public", "staff", "partner"])


class Commands(click.Group):
    """Turns a refused configuration into a sentence instead of a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the chosen command."""
        from app_server.cli.embedded import EmbeddedError

        try:
            return super().invoke(ctx)
        except (ConfigurationRefused, EmbeddedError) as refusal:
            raise click.ClickException(str(refusal)) from refusal


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """万事：省级政务服务开放平台。"""


@main.command()
def up() -> None:
    """启动整个平台（数据库、网页、后台、模拟系统）,Ctrl-C 停止。"""
    from app_server.cli.instance import bring_up

    bring_up()


@main.command()
def migrate() -> None:
    """更新数据库结构。"""
    from app_server.cli import instance
    from app_server.cli.backing import backing

    with backing():
        instance.migrate()


@main.command()
def seed() -> None:
    """写入演示数据（可重复执行，生产环境拒绝）。"""
    from app_server.cli import instance
    from app_server.cli.backing import backing
    from app_server.kernel.settings import load

    if load().production:
        raise click.ClickException("生产环境不写入演示数据")
    with backing():
        instance.seed()


@main.command()
@click.option("--surface", type=SURFACE, default="public", show_default=True, help="哪个入口")
@click.option("--port", type=click.IntRange(1, 65535), help="端口；默认取配置")
def serve(surface: str, port: int | None) -> None:
    """只运行一个网页进程。"""
    from app_server.cli.backing import backing
    from app_server.cli.instance import port_of
    from app_server.kernel.settings import load

    with backing():
        from app_server.main import serve as run

        run(surface, port or port_of(load(), surface))  # type: ignore[arg-type]


@main.command()
def worker() -> None:
    """只运行后台任务进程。"""
    from app_server.cli.backing import backing

    with backing():
        from app_server.worker import run

        run()


@main.command()
@click.argument("names", nargs=-1, required=True)
def simulator(names: tuple[str, ...]) -> None:
    """只运行这些模拟的外部系统（生产环境拒绝）。"""
    from app_server.kernel.settings import load

    if load().production:
        raise click.ClickException("生产环境不运行模拟系统")
    from app_server.registry import SIMULATORS

    if unknown := [name for name in names if name not in SIMULATORS]:
        known = "、".join(sorted(SIMULATORS)) or "(暂无)"
        raise click.ClickException(f"没有名为 {unknown[0]} 的模拟系统；现有：{known}")
    if len(names) == 1:
        return SIMULATORS[names[0]].run()
    from app_server.cli.supervisor import Part, Supervisor

    # Forked from one process: the application is imported once, not by each of them.
    parts = [Part(f"simulator-{name}", SIMULATORS[name].run) for name in names]
    with tempfile.TemporaryDirectory(prefix="wanshi-simulators-") as logs:
        kept = Supervisor(parts, Path(logs), list)
        kept.start()
        try:
            kept.watch()
        finally:
            kept.stop()
    return None


@main.command("check-config")
@click.pass_context
def check_config(ctx: click.Context) -> None:
    """检查配置，不合格时退出码为 1。"""
    from app_server.cli.instance import check_config as check

    ctx.exit(check())


@main.command()
@click.option("--surface", type=SURFACE, default="public", show_default=True, help="哪个入口")
@click.option("--output", default="-", help="写入文件；默认输出到终端")
def openapi(surface: str, output: str) -> None:
    """输出接口说明（OpenAPI）。"""
    from app_server.cli.instance import write_openapi

    write_openapi(surface, output)


@main.command("export-audit")
@click.option("--output", type=click.Path(path_type=Path), required=True, help="写入文件")
@click.option("--keys", type=click.Path(path_type=Path), help="同时写出验证用公钥")
def export_audit(output: Path, keys: Path | None) -> None:
    """导出审计记录及其链，供离线验证。"""
    from app_server.cli.audit import export
    from app_server.cli.backing import backing

    with backing():
        export(output, keys)


@main.command("verify-audit")
@click.option("--file", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--key", type=click.Path(path_type=Path, exists=True), required=True, help="公钥")
@click.option("--checkpoint", type=click.Path(path_type=Path, exists=True), help="另存的检查点")
@click.pass_context
def verify_audit(ctx: click.Context, file: Path, key: Path, checkpoint: Path | None) -> None:
    """离线验证审计导出；有任何改动、删除或插入时退出码为 1。"""
    from app_server.cli.audit import verify

    ctx.exit(verify(file, key, checkpoint))


@main.command("export-archive")
@click.option("--case", "case_no", required=True, help="办件编号")
@click.option("--output", type=click.Path(path_type=Path), required=True, help="写入文件")
@click.option("--keys", type=click.Path(path_type=Path), help="同时写出验证用公钥")
def export_archive(case_no: str, output: Path, keys: Path | None) -> None:
    """导出一件办结办件的电子档案包，供离线验证。"""
    from app_server.cli.archive import export
    from app_server.cli.backing import backing

    with backing():
        export(case_no, output, keys)


@main.command("verify-archive")
@click.option("--file", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--key", type=click.Path(path_type=Path, exists=True), required=True, help="公钥")
@click.option(
    "--root", type=click.Path(path_type=Path, exists=True), required=True, help="时间戳根证书"
)
@click.pass_context
def verify_archive(ctx: click.Context, file: Path, key: Path, root: Path) -> None:
    """离线验证电子档案包；有任何改动时退出码为 1。"""
    from app_server.cli.archive import verify

    ctx.exit(verify(file, key, root))


@main.command("clean-data")
@click.option("--yes", is_flag=True, help="不再询问")
def clean_data(*, yes: bool) -> None:
    """删除内置数据库与上传文件（平台须已停止）。"""
    from app_server.cli.instance import clean_data as clean

    if not yes:
        click.confirm("将删除全部演示数据，确定吗？", abort=True)
    for path in clean():
        click.echo(f"已删除 {path}")


if __name__ == "__main__":
    main()
