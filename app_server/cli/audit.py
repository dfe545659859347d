"""The audit trail on the command line: written out, and verified without the platform."""

import asyncio
import json
from pathlib import Path

import click

from app_server.kernel.audit_proof import Verifier


def export(output: Path, keys: Path | None) -> None:
    """Write the trail as JSON lines, and the public keys as a JWK set."""
    from app_server import registry
    from app_server.kernel import audit_chain

    async def run() -> None:
        await registry.connect()
        try:
            with output.open("wb") as file:
                async for line in audit_chain.export():
                    file.write(line + b"\n")
        finally:
            await registry.disconnect()

    output.touch(mode=0o600)
    asyncio.run(run())
    if keys:
        keys.write_text(json.dumps({"keys": audit_chain.public_keys()}, indent=1) + "\n")
    click.echo(f"已导出到 {output}")


def verify(file: Path, key: Path, checkpoint: Path | None) -> int:
    """Print the verdict on an export; answers the exit code."""
    try:
        told = json.loads(key.read_text())
        verifier = Verifier(told.get("keys", [told]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise click.ClickException("公钥文件无法读取，应为 JWK 或 JWK 集合") from error
    kept = checkpoint.read_text() if checkpoint else ""
    with file.open(encoding="utf-8") as lines:
        verdict = verifier.check(lines, kept)
    for finding in verdict.findings[:50]:
        click.echo(f"异常：{finding}", err=True)
    if verdict.intact:
        tail = verdict.rows - verdict.signed_to
        more = f"，其后 {tail} 条尚未签名" if tail else ""
        click.echo(f"完好：{verdict.rows} 条记录，签名至第 {verdict.signed_to} 条{more}。")
        return 0
    click.echo(f"审计记录不完整：发现 {len(verdict.findings)} 处异常。", err=True)
    return 1
