"""How fast a city's legacy users are merged: `python -m tests.bench.federation` (`make bench`).

100,000 mixed rows (ROWS=… for fewer) go through the partner surface in parts of 2,000 and are
merged, then the same file again. The population registry answers at once: what is measured is our
own work. `REGISTRY=1` asks the simulated one over HTTP for every row (its replay memory makes it
slower the more it was asked, so take some thousand rows).
"""

import asyncio
import itertools
import os
import time
from collections import Counter
from typing import Any

import pytest

from tests.federation.conftest import web

__all__ = ["web"]

PARTS = 2_000
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CITIES = ("341602", "341621", "341622", "341623")


def _numbers() -> Any:
    """Check-valid ID numbers of fictional men, no two alike."""
    for n in itertools.count():
        day, serial = divmod(n, 500)
        month, day = divmod(day, 28)
        year, month = divmod(month, 12)
        body = (
            f"{_CITIES[year % 4]}{1950 + year % 50}{month + 1:02d}{day + 1:02d}{serial * 2 + 1:03d}"
        )
        yield (
            body + "10X98765432"[sum(int(a) * b for a, b in zip(body, _WEIGHTS, strict=True)) % 11]
        )


def mixed_rows(count: int) -> tuple[list[dict[str, str]], dict[str, int]]:
    """Rows of which one in twenty is no good, and what should become of all."""
    numbers, rows, expected = _numbers(), [], Counter[str]()
    for n in range(count):
        row = {
            "cert_type": "111", "cert_no": next(numbers), "user_name": "李明轩",
            "user_sex": "1", "user_nation": "汉族", "user_mobile": f"137{n:08d}",
        }  # fmt: skip
        match n % 100:
            case 20:
                row, outcome = dict(rows[n - 1]), "duplicate"
            case 40:
                row, outcome = rows[n - 1] | {"user_name": "李明辕"}, "conflict"
            case 60:
                row, outcome = row | {"user_mobile": rows[n - 1]["user_mobile"]}, "conflict"
            case 80:
                check = "1" if row["cert_no"][-1] != "1" else "2"
                row, outcome = row | {"cert_no": row["cert_no"][:-1] + check}, "conflict"
            case 99:
                row, outcome = {k: v for k, v in row.items() if k != "user_sex"}, "conflict"
            case _:
                outcome = "added"
        rows.append(row)
        expected[outcome] += 1
    return rows, dict(expected)


async def _agrees(**_: str) -> str:
    return "matched"


async def _tell_registry(web: Any, base: str, rows: list[dict[str, str]]) -> None:
    gate = asyncio.Semaphore(8)

    async def known(row: dict[str, str]) -> None:
        record = {
            "id_number": row["cert_no"], "name": row["user_name"], "sex": "male",
            "ethnic_group": "汉族", "portrait": None, "valid_from": None, "valid_until": None,
            "life": "alive",
        }  # fmt: skip
        async with gate:
            await web.post(f"{base}/__people", json=record)

    await asyncio.gather(*(known(row) for row in rows if "user_sex" in row))


async def test_bench(
    web: Any,
    partner: Any,
    listeners: Any,
    deliver: Any,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The measurement, under the parts every test has."""
    from tests.builders.federation import BOZHOU, city, ndjson, sha256

    rows, expected = mixed_rows(int(os.environ.get("ROWS", "100000")))
    if os.environ.get("REGISTRY"):
        simulators = request.getfixturevalue("simulators")
        await _tell_registry(web, simulators["exchange"], rows)
    else:
        monkeypatch.setattr("auth.identity.service.ask_four_fields", _agrees)
    peer, row = await city(BOZHOU)
    parts = [ndjson(rows[n : n + PARTS]) for n in range(0, len(rows), PARTS)]
    for name in ("first", "again"):
        began = time.perf_counter()
        token = await peer.token(web, listeners["public"], row.client_id)
        body = {"digest": sha256(b"".join(parts)), "parts": len(parts)}
        job = (await partner.post("/federation/imports", json=body, headers=token)).json()
        for number, part in enumerate(parts, 1):
            token = await peer.token(web, listeners["public"], row.client_id)
            await partner.put(
                f"/federation/imports/{job['id']}/parts/{number}",
                content=part,
                headers=token | {"content-type": "application/x-ndjson"},
            )
            await deliver()
        told = (await partner.get(f"/federation/imports/{job['id']}", headers=token)).json()
        seconds = time.perf_counter() - began
        print(
            f"{name}: {len(rows)} rows in {seconds:.1f} s, {len(rows) / seconds:.0f} rows/s",
            told["counts"],
        )
        assert told["state"] == "done"
        if name == "first":
            assert told["counts"] == expected


if __name__ == "__main__":
    raise SystemExit(pytest.main([__file__, "-s", "-o", "python_files=*.py", "--timeout=3600"]))
