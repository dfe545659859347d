"""npm openid-client, a certified relying party that nobody here wrote, against our listeners."""

import asyncio
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from app_server.kernel import db
from auth.identity import service as identity
from tests.builders.grants import AFTER, signed_in
from tests.builders.people import resident
from tests.conftest import PROJECT, _free_base

SCRIPT = PROJECT / "h5_shell" / "e2e" / "judges" / "openid-client.mjs"
CHECKS = 16


def node() -> str:
    """Our own Node where the machine has none; the front end's packages must be there."""
    found = shutil.which(
        "node", path=f"{PROJECT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    )
    if found is None or not (PROJECT / "h5_shell/node_modules/openid-client").is_dir():
        pytest.skip("Node and the front end's packages are not installed (make setup)")
    return found


async def world(register, issuer: str, person: Any, port: int) -> dict[str, Any]:
    """Four clients, one for each way to prove itself, and the person's browser."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = ECAlgorithm.to_jwk(key, as_dict=True) | {"kid": "judge"}
    public = {name: value for name, value in private.items() if name not in {"d", "key_ops"}}
    common = {"backchannel_logout_uri": f"http://127.0.0.1:{port}/logout"}
    parties = {
        "basic": await register(**common),
        "post": await register(auth_method="client_secret_post", scopes=("test.read",)),
        "signed": await register(auth_method="private_key_jwt", jwks=(public,)),
        "open": await register(auth_method="none"),
    }
    browser = await signed_in(person)
    return {
        "issuer": issuer,
        "redirect_uri": parties["basic"].redirect_uri,
        "after": AFTER,
        "backchannel_port": port,
        "person": {
            "cookies": browser.cookies,
            "bearer": browser.bearer["authorization"],
            "api": f"{issuer}/api/v1",
        },
        "clients": {
            name: {"client_id": p.client_id, "secret": p.secret}
            | ({"jwk": private} if name == "signed" else {})
            for name, p in parties.items()
        },
    }


@pytest.mark.timeout(180)
async def test_openid_client_finds_nothing_wrong(register, issuer, deliver):
    person = await resident(tier=1)
    known = await world(register, issuer, person, _free_base(1))
    process = await asyncio.create_subprocess_exec(
        node(), str(SCRIPT), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        cwd=Path(SCRIPT).parent,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None

    async def answer(what: Any) -> None:
        if what == "raise the tier":
            async with db.unit_of_work():
                await identity.add_evidence(person, person.id, "face_and_code")
        elif what == "deliver":
            await deliver()
        else:
            await asyncio.sleep(what["wait_s"])
        process.stdin.write(b"{}\n")

    process.stdin.write(json.dumps(known).encode() + b"\n")
    results: dict[str, str] = {}
    async for line in process.stdout:
        told = json.loads(line)
        if "ask" in told:
            await answer(told["ask"])
        elif "check" in told:
            results[told["check"]] = "ok" if told["ok"] else told["error"]
    assert await process.wait() == 0
    assert {name: told for name, told in results.items() if told != "ok"} == {}
    assert len(results) == CHECKS
