"""Commands and queries of seals."""

from app_server.seals.service.authorities import (
    found_authority,
    make_list,
    refresh_lists,
    revocation_list,
    trust_list,
    trusted,
)
from app_server.seals.service.demo import ensure_seal
from app_server.seals.service.life import Ground, SealWanted, apply, seals, seen, steps, take
from app_server.seals.service.using import (
    ANY,
    LeaveWanted,
    Signed,
    authorise,
    grant,
    leaves,
    sign,
    sign_ofd,
    stamp,
    uses,
    verify,
    withdraw,
)

__all__ = [
    "ANY",
    "Ground",
    "LeaveWanted",
    "SealWanted",
    "Signed",
    "apply",
    "authorise",
    "ensure_seal",
    "found_authority",
    "grant",
    "leaves",
    "make_list",
    "refresh_lists",
    "revocation_list",
    "seals",
    "seen",
    "sign",
    "sign_ofd",
    "stamp",
    "steps",
    "take",
    "trust_list",
    "trusted",
    "uses",
    "verify",
    "withdraw",
]
