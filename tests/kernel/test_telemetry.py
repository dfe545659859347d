"""What operators see: metrics for those with the token, logs without personal data."""

import json
import os
import subprocess
import sys

import httpx

LOGGING = """
import structlog
from app_server.kernel.telemetry import begin_trace, set_up_logging
set_up_logging("info", "test")
begin_trace("0123456789abcdef0123456789abcdef")
structlog.get_logger().info("told", who="341602199003074511", phone="call 13800138000 now")
"""


async def test_metrics_need_their_token(public, listeners):
    await public.get("/platform")
    url = f"{listeners['public']}/metrics"
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(url)).status_code == 404
        wrong = await client.get(url, headers={"authorization": "Bearer no"})
        assert wrong.status_code == 404


async def test_a_scraper_with_the_token_sees_routes_and_no_person(public, listeners):
    await public.post("/sign-up/codes", json={"phone": "not a phone"})
    async with httpx.AsyncClient(trust_env=False) as client:
        told = await client.get(
            f"{listeners['public']}/metrics",
            headers={"authorization": f"Bearer {os.environ['METRICS_TOKEN']}"},
        )
    assert told.status_code == 200
    assert 'route="auth.grants.send_sign_up_code",status="422"' in told.text


def test_a_log_line_is_json_with_its_trace_and_hides_what_slipped_in():
    told = subprocess.run(
        [sys.executable, "-c", LOGGING], capture_output=True, text=True, check=True
    )
    line = json.loads(told.stdout)
    assert line["trace_id"] == "0123456789abcdef0123456789abcdef"
    assert line["who"] == "[masked]"
    assert line["phone"] == "call [masked] now"
    assert line["level"] == "info"
