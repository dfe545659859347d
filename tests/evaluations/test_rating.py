"""Ratings: after the close, once, and bad ones are announced."""

import asyncio
from typing import Any

import httpx
import pytest

from app_server.cases import service as cases
from app_server.evaluations import service
from app_server.evaluations.errors import AlreadyRated
from app_server.evaluations.rules import gb_code, is_bad
from app_server.kernel import db
from app_server.kernel.principal import Principal
from tests.builders.cases import approved, desk_of, submitted
from tests.builders.items import UNEMPLOYMENT, catalogue
from tests.builders.people import bearer, resident

GOOD = {"score": 5, "tags": ["办事效率高"], "comment": "很快"}


async def _closed(owner: Principal, deliver: Any) -> str:
    item = (await catalogue())[UNEMPLOYMENT]
    case_no = await submitted(owner, item)
    desk = await desk_of(item)
    await cases.accept(desk, case_no, 1)
    await approved(desk, case_no, item)
    await deliver()
    return case_no


async def test_a_stranger_rates_nothing(public: httpx.AsyncClient) -> None:
    assert (await public.post("/cases/1/rating", json=GOOD)).status_code == 401


async def test_another_persons_case_cannot_be_rated(
    public: httpx.AsyncClient, deliver: Any
) -> None:
    case_no = await _closed(await resident(), deliver)
    other = await bearer(await resident(name="王芳"))
    reply = await public.post(f"/cases/{case_no}/rating", headers=other, json=GOOD)
    assert reply.status_code == 404
    assert (await public.get(f"/me/ratings/{case_no}", headers=other)).json()["state"] == "none"


async def test_a_closed_case_invites_and_is_rated_once(
    public: httpx.AsyncClient, deliver: Any
) -> None:
    owner = await resident()
    case_no = await _closed(owner, deliver)
    headers = await bearer(owner)
    invited = (await public.get(f"/me/ratings/{case_no}", headers=headers)).json()
    assert (invited["state"], invited["score"]) == ("invited", None)
    rated = await public.post(f"/cases/{case_no}/rating", headers=headers, json=GOOD)
    assert rated.status_code == 200, rated.text
    assert (rated.json()["state"], rated.json()["score"]) == ("rated", 5)
    again = await public.post(f"/cases/{case_no}/rating", headers=headers, json=GOOD)
    assert (again.status_code, again.json()["code"]) == (409, "evaluations.already_rated")
    assert await db.value("SELECT gb_code FROM evaluations_evaluation") == 1


async def test_a_bad_rating_is_announced(database: None, deliver: Any) -> None:
    owner = await resident()
    case_no = await _closed(owner, deliver)
    await service.rate(owner, case_no, 2, [], "等太久")
    count = "SELECT count(*) FROM kernel_event WHERE name='evaluations.bad_rating/1'"
    assert await db.value(count) == 1


async def test_of_twenty_parallel_ratings_one_counts(database: None, deliver: Any) -> None:
    owner = await resident()
    case_no = await _closed(owner, deliver)
    results = await asyncio.gather(
        *(service.rate(owner, case_no, 1 + n % 5, [], "") for n in range(20)),
        return_exceptions=True,
    )
    assert sum(not isinstance(r, BaseException) for r in results) == 1
    assert sum(isinstance(r, AlreadyRated) for r in results) == 19


@pytest.mark.parametrize("score", [0, 6, 4.5])
async def test_stars_are_one_to_five(public: httpx.AsyncClient, score: float) -> None:
    headers = await bearer(await resident())
    reply = await public.post("/cases/1/rating", headers=headers, json={**GOOD, "score": score})
    assert reply.status_code == 422


def test_stars_run_the_other_way_than_the_national_code() -> None:
    assert [gb_code(stars) for stars in (5, 4, 3, 2, 1)] == [1, 2, 3, 4, 5]
    assert [is_bad(stars) for stars in (1, 2, 3)] == [True, True, False]
