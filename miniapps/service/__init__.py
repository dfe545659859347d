"""Commands and queries of mini-apps."""

from miniapps.service.api_mode import FormToFill, Told, form_of, use_service
from miniapps.service.archive import Package, open_package, pack
from miniapps.service.assets import assets, standing_of_cities
from miniapps.service.calls import Asked, Called, call, decide
from miniapps.service.consents import given_by, revoke
from miniapps.service.examining import examine_packages_in, package_pool
from miniapps.service.facade_keys import caller_of, facade_key, keep_facade_key, make_facade_key
from miniapps.service.facades import (
    KIND_NAMES,
    SignatureRefused,
    Signed,
    croods_user,
    irs_token,
    irs_user,
    signed_by,
    simple_auth,
)
from miniapps.service.gateway import (
    Done,
    create_bill,
    make_gateway_key,
    own_bill,
    push_progress,
    read_licences,
    send_message,
)
from miniapps.service.jsapi import access_token as weixin_token
from miniapps.service.jsapi import jsapi_ticket, key_of_token, left_s
from miniapps.service.launching import (
    LaunchFacts,
    Opening,
    forget_old,
    launch,
    open_app,
    openid_of,
    origin_of,
)
from miniapps.service.listing import (
    AppPage,
    Groups,
    ListedApp,
    Wanted,
    groups,
    icon,
    icon_url,
    listed,
)
from miniapps.service.looking import is_looked_at, look_at, picture
from miniapps.service.manifest import Manifest, json_schema
from miniapps.service.mine import favour, favourites, recent, report, reports_of, unfavour
from miniapps.service.oidc_client import keep_oidc_client
from miniapps.service.origin import OriginRequest
from miniapps.service.publishing import VersionFacts, look_over, upload, version_facts
from miniapps.service.registry import (
    AppFacts,
    GreyFacts,
    StepFacts,
    app_facts,
    apps_of,
    grey_of,
    history_of,
    make_key,
    usage_of,
    versions_of,
)
from miniapps.service.reviewing import begin_trial, review, submit, trial_token, withdraw
from miniapps.service.rollout import (
    GreyWanted,
    halt,
    move_app,
    raise_floor,
    release,
    resume,
    roll_back,
    set_grey,
    thing_of,
    told_outcome,
    watched,
)
from miniapps.service.serving import is_origin, serve_origin
from miniapps.service.signing import release_jwks
from miniapps.service.team_keys import KeyFacts, add_team_key, end_team_key, team_keys
from miniapps.service.tickets import Visitor, exchange, exchange_for_token, visitor_of_token
from miniapps.service.traces import PAGE as TRACE_PAGE
from miniapps.service.traces import Reported, forget_traces, traces_of
from miniapps.service.traces import report as report_trace
from miniapps.service.uses import UseFacts, forget_uses, uses_of

__all__ = [
    "KIND_NAMES",
    "TRACE_PAGE",
    "AppFacts",
    "AppPage",
    "Asked",
    "Called",
    "Done",
    "FormToFill",
    "GreyFacts",
    "GreyWanted",
    "Groups",
    "KeyFacts",
    "LaunchFacts",
    "ListedApp",
    "Manifest",
    "Opening",
    "OriginRequest",
    "Package",
    "Reported",
    "SignatureRefused",
    "Signed",
    "StepFacts",
    "Told",
    "UseFacts",
    "VersionFacts",
    "Visitor",
    "Wanted",
    "add_team_key",
    "app_facts",
    "apps_of",
    "assets",
    "begin_trial",
    "call",
    "caller_of",
    "create_bill",
    "croods_user",
    "decide",
    "end_team_key",
    "examine_packages_in",
    "exchange",
    "exchange_for_token",
    "facade_key",
    "favour",
    "favourites",
    "forget_old",
    "forget_traces",
    "forget_uses",
    "form_of",
    "given_by",
    "grey_of",
    "groups",
    "halt",
    "history_of",
    "icon",
    "icon_url",
    "irs_token",
    "irs_user",
    "is_looked_at",
    "is_origin",
    "jsapi_ticket",
    "json_schema",
    "keep_facade_key",
    "keep_oidc_client",
    "key_of_token",
    "launch",
    "left_s",
    "listed",
    "look_at",
    "look_over",
    "make_facade_key",
    "make_gateway_key",
    "make_key",
    "move_app",
    "open_app",
    "open_package",
    "openid_of",
    "origin_of",
    "own_bill",
    "pack",
    "package_pool",
    "picture",
    "push_progress",
    "raise_floor",
    "read_licences",
    "recent",
    "release",
    "release_jwks",
    "report",
    "report_trace",
    "reports_of",
    "resume",
    "review",
    "revoke",
    "roll_back",
    "send_message",
    "serve_origin",
    "set_grey",
    "signed_by",
    "simple_auth",
    "standing_of_cities",
    "submit",
    "team_keys",
    "thing_of",
    "told_outcome",
    "traces_of",
    "trial_token",
    "unfavour",
    "upload",
    "usage_of",
    "use_service",
    "uses_of",
    "version_facts",
    "versions_of",
    "visitor_of_token",
    "watched",
    "weixin_token",
    "withdraw",
]
