"""Commands and queries of federation."""

from auth.federation.models import Import as ImportFacts
from auth.federation.service.answering import answer_message
from auth.federation.service.first_sign_in import send_first_code, set_first_password
from auth.federation.service.homes import LOOK_AGAIN, choose_home, home_of, push, user_changed
from auth.federation.service.importing import (
    RowReport,
    add_part,
    an_import,
    conflicts,
    imports,
    open_import,
    own_import,
)
from auth.federation.service.merging import merge_part
from auth.federation.service.organisation_records import organisation_record
from auth.federation.service.platforms import (
    PlatformWanted,
    backlog,
    change_platform,
    frame_origins,
    here,
    move_platform,
    own_key_set,
    platform,
    platforms,
    push_again,
    register_platform,
    replay_unreached,
    sweep,
)
from auth.federation.service.recognising import (
    Opened,
    Recognised,
    finish_sign_in,
    give_ticket,
    open_sign_in,
)
from auth.federation.service.records import own_record

__all__ = [
    "LOOK_AGAIN",
    "ImportFacts",
    "Opened",
    "PlatformWanted",
    "Recognised",
    "RowReport",
    "add_part",
    "an_import",
    "answer_message",
    "backlog",
    "change_platform",
    "choose_home",
    "conflicts",
    "finish_sign_in",
    "frame_origins",
    "give_ticket",
    "here",
    "home_of",
    "imports",
    "merge_part",
    "move_platform",
    "open_import",
    "open_sign_in",
    "organisation_record",
    "own_import",
    "own_key_set",
    "own_record",
    "platform",
    "platforms",
    "push",
    "push_again",
    "register_platform",
    "replay_unreached",
    "send_first_code",
    "set_first_password",
    "sweep",
    "user_changed",
]
