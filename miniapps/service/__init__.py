"""Commands and queries of mini-apps."""

from miniapps.service.archive import Package, open_package, pack
from miniapps.service.launching import (
    LaunchFacts,
    Visitor,
    exchange,
    forget_old,
    issue_ticket,
    launch,
    openid_of,
    origin_of,
)
from miniapps.service.listing import ListedApp, ReleasedApp, icon, icon_url, listed, released
from miniapps.service.manifest import Manifest
from miniapps.service.publishing import (
    VersionFacts,
    approve,
    publish_package,
    release,
    upload,
    version_facts,
)
from miniapps.service.serving import is_origin, serve_origin

__all__ = [
    "LaunchFacts",
    "ListedApp",
    "Manifest",
    "Package",
    "ReleasedApp",
    "VersionFacts",
    "Visitor",
    "approve",
    "exchange",
    "forget_old",
    "icon",
    "icon_url",
    "is_origin",
    "issue_ticket",
    "launch",
    "listed",
    "open_package",
    "openid_of",
    "origin_of",
    "pack",
    "publish_package",
    "release",
    "released",
    "serve_origin",
    "upload",
    "version_facts",
]
