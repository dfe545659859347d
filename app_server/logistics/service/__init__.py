"""What other contexts may ask of logistics."""

from app_server.logistics.rules import digest_of
from app_server.logistics.service.contracts import (
    ContractFacts,
    ContractWanted,
    Postage,
    contracts,
    postage,
    put_contract,
)
from app_server.logistics.service.ordering import cancelled, place_order, stray_cancelled
from app_server.logistics.service.parcels import (
    ParcelFacts,
    Recipient,
    agree,
    hand_over,
    parcel,
    parcel_for,
    parcels_of,
    postage_paid,
    receive,
    send,
)
from app_server.logistics.service.picking_up import Slot, book, cancel, reschedule, slots
from app_server.logistics.service.reconciling import (
    DayFacts,
    DifferenceFacts,
    ask_for_bills,
    days,
    differences,
    differences_file,
    fetch_bill,
    resolve,
)
from app_server.logistics.service.tracking import ask_for_quiet, routes_fetched, take_push

__all__ = [
    "ContractFacts",
    "ContractWanted",
    "DayFacts",
    "DifferenceFacts",
    "ParcelFacts",
    "Postage",
    "Recipient",
    "Slot",
    "agree",
    "ask_for_bills",
    "ask_for_quiet",
    "book",
    "cancel",
    "cancelled",
    "contracts",
    "days",
    "differences",
    "differences_file",
    "digest_of",
    "fetch_bill",
    "hand_over",
    "parcel",
    "parcel_for",
    "parcels_of",
    "place_order",
    "postage",
    "postage_paid",
    "put_contract",
    "receive",
    "reschedule",
    "resolve",
    "routes_fetched",
    "send",
    "slots",
    "stray_cancelled",
    "take_push",
]
