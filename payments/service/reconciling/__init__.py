"""Reconciling a channel's day: its file against our books, line by line (R-PAY-09, §6.6)."""

from payments.service.reconciling.clearing import (
    FINANCE,
    AgencyDay,
    agencies_of_day,
    ask_for_clearing,
    pursue_clearing,
)
from payments.service.reconciling.desk import (
    BatchFacts,
    DifferenceFacts,
    batches,
    close_day,
    differences,
    resolve,
)
from payments.service.reconciling.loading import ask_for_days, pursue_day
from payments.service.reconciling.matching import match, mature

__all__ = [
    "FINANCE",
    "AgencyDay",
    "BatchFacts",
    "DifferenceFacts",
    "agencies_of_day",
    "ask_for_clearing",
    "ask_for_days",
    "batches",
    "close_day",
    "differences",
    "match",
    "mature",
    "pursue_clearing",
    "pursue_day",
    "resolve",
]
