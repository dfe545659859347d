"""What operators may know: JSON logs with a trace id and no personal data, and metrics."""

import logging
import re
import secrets
import sys
from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any

import structlog
from prometheus_client import Counter, Histogram

_trace: ContextVar[str] = ContextVar("trace_id", default="")

REQUESTS = Counter("wanshi_requests_total", "Requests answered", ["surface", "route", "status"])
SECONDS = Histogram(
    "wanshi_request_seconds",
    "Time to answer",
    ["surface", "route"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
DELIVERIES = Counter("wanshi_deliveries_total", "Outbox deliveries", ["handler", "outcome"])

# The last line of defence only: code must not log these in the first place.
_PRIVATE = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|1[3-9]\d{9})(?!\d)")


def trace_id() -> str:
    """The id that ties together everything one request or delivery caused."""
    return _trace.get()


def begin_trace(given: str = "") -> str:
    """Start a trace; a well-formed outer id (32 hex digits) is kept."""
    trace = given if re.fullmatch(r"[0-9a-f]{32}", given) else secrets.token_hex(16)
    _trace.set(trace)
    return trace


def _add_trace(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if trace := _trace.get():
        event["trace_id"] = trace
    return event


def _mask(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _PRIVATE.sub("[masked]", value)
    return event


def set_up_logging(level: str = "info", process: str = "") -> None:
    """Configure structlog for this process: one JSON object a line on standard output."""
    logging.basicConfig(stream=sys.stdout, format="%(message)s", level=level.upper(), force=True)
    for noisy in ("httpx", "httpcore", "asyncio", "sanic.access", "tortoise", "fontTools"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _add_trace,
            structlog.processors.format_exc_info,
            _mask,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stdout),
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.clear_contextvars()
    if process:
        structlog.contextvars.bind_contextvars(process=process)
