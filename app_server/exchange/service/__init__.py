"""Commands and queries of exchange."""

from app_server.exchange.service.answering import Taken, inbound, take_message
from app_server.exchange.service.batches import BatchReport, batches, own_batch, take_batch
from app_server.exchange.service.converging import converge, measure, sweep
from app_server.exchange.service.entries import Entered, enter, entries, set_limit
from app_server.exchange.service.exporting import Export, export_cases
from app_server.exchange.service.gathering import (
    answer_platform,
    check_day,
    check_last_days,
    keep_lines,
    order_check,
    statistics,
)
from app_server.exchange.service.pushing import known, push, push_due
from app_server.exchange.service.signing import HEADER, own_keys_and_name
from app_server.exchange.service.systems import (
    SystemWanted,
    a_system,
    change_system,
    deliveries,
    move_system,
    register_system,
    replay_unreached,
    resend,
    systems,
)

__all__ = [
    "HEADER",
    "BatchReport",
    "Entered",
    "Export",
    "SystemWanted",
    "Taken",
    "a_system",
    "answer_platform",
    "batches",
    "change_system",
    "check_day",
    "check_last_days",
    "converge",
    "deliveries",
    "enter",
    "entries",
    "export_cases",
    "inbound",
    "keep_lines",
    "known",
    "measure",
    "move_system",
    "order_check",
    "own_batch",
    "own_keys_and_name",
    "push",
    "push_due",
    "register_system",
    "replay_unreached",
    "resend",
    "set_limit",
    "statistics",
    "sweep",
    "systems",
    "take_batch",
    "take_message",
]
