"""The one renderer of refusals: RFC 9457 problem+json."""

import orjson
from sanic import HTTPResponse

from app_server.kernel.errors import Problem
from app_server.kernel.http.replies import ApiReply
from app_server.kernel.telemetry import trace_id


def render(problem: Problem) -> HTTPResponse:
    """A problem as a response, with the headers its class asks for."""
    headers = dict(problem.headers)
    if "retry_after_s" in problem.facts:
        headers["Retry-After"] = str(problem.facts["retry_after_s"])
    if problem.status == 401:
        headers.setdefault("WWW-Authenticate", "Bearer")
    return ApiReply(
        orjson.dumps(problem.document(trace_id())),
        problem.status,
        headers,
        "application/problem+json",
    )
