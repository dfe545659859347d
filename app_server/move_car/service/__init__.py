"""Commands and queries of move-car."""

from app_server.move_car.service.calls import forget, join, joined, part, take_report
from app_server.move_car.service.codes import (
    CodeFacts,
    codes_of,
    mail,
    pictured,
    printed,
    register,
    reissue,
    stop,
)
from app_server.move_car.service.figures import Figure, figures
from app_server.move_car.service.ladder import STEP, climb, end_stale
from app_server.move_car.service.requests import (
    RequestFacts,
    answer,
    answer_by_link,
    ask,
    look,
    moved,
    of_caller,
    of_link,
    report_abuse,
    requests_of,
    send_caller_code,
)

__all__ = [
    "STEP",
    "CodeFacts",
    "Figure",
    "RequestFacts",
    "answer",
    "answer_by_link",
    "ask",
    "climb",
    "codes_of",
    "end_stale",
    "figures",
    "forget",
    "join",
    "joined",
    "look",
    "mail",
    "moved",
    "of_caller",
    "of_link",
    "part",
    "pictured",
    "printed",
    "register",
    "reissue",
    "report_abuse",
    "requests_of",
    "send_caller_code",
    "stop",
    "take_report",
]
