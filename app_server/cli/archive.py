"""The archive package of a case on the command line: written out, and verified offline."""

import asyncio
import json
from pathlib import Path

import click

from app_server.kernel.errors import Problem


def export(case_no: str, output: Path, keys: Path | None) -> None:
    """Write the package of a finished case, and the public keys as a JWK set."""
    from app_server import registry
    from app_server.cases import service as cases
    from app_server.kernel.principal import Principal

    async def run() -> bytes:
        await registry.connect()
        try:
            return await cases.package(Principal(name="命令行"), case_no)
        except Problem as problem:
            raise click.ClickException(problem.title) from problem
        finally:
            await registry.disconnect()

    data = asyncio.run(run())
    output.touch(mode=0o600)
    output.write_bytes(data)
    if keys:
        keys.write_text(json.dumps({"keys": cases.archive_keys()}, indent=1) + "\n")
    click.echo(f"已导出到 {output}")


def verify(file: Path, key: Path, root: Path) -> int:
    """Print the verdict on a package; answers the exit code."""
    from app_server.cases import service as cases

    try:
        keys = json.loads(key.read_text())["keys"]
        told = cases.check_package(file.read_bytes(), keys, root.read_bytes())
    except (ValueError, KeyError, TypeError) as error:
        raise click.ClickException("公钥文件无法读取，应为 JWK 集合") from error
    except Problem as problem:
        raise click.ClickException(problem.title) from problem
    for finding in told.findings[:50]:
        click.echo(f"异常：{finding}", err=True)
    if told.whole:
        click.echo(f"完好：办件 {told.case_no}，封存于 {told.stamped_at}。")
        return 0
    click.echo(f"电子档案包不完整：发现 {len(told.findings)} 处异常。", err=True)
    return 1
