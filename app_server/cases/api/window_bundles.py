"""A window fills in and files a bundle for whoever stands there; themes open it."""

from app_server.cases.schemas import FileWanted
from app_server.cases.schemas.bundles import (
    BundleAnswers,
    BundleFiling,
    BundleReply,
    bundle_reply,
)
from app_server.cases.service.bundles import BundleView, at_window
from app_server.forms.service import FILES, MAX_FILE
from app_server.kernel.http import Call, endpoint, staff
from app_server.kernel.ratelimit import Limit
from app_server.logistics.service import Recipient

WINDOW = staff("case_window")
SCANS = Limit("bundle-window-scan", 60, 60)


def _shown(view: BundleView) -> BundleReply:
    return bundle_reply(view, ["save", "file"] if view.row.state == "draft" else [])


@endpoint("GET", "/window/bundles/{bundle_no}", guard=WINDOW)
async def read_window_bundle(call: Call, bundle_no: str) -> BundleReply:
    """A bundle I opened."""
    return _shown(await at_window.window_bundle(call.principal, bundle_no))


@endpoint("PUT", "/window/bundles/{bundle_no}", guard=WINDOW)
async def save_window_bundle(call: Call, bundle_no: str, body: BundleAnswers) -> BundleReply:
    """Write down what the applicant says."""
    version = call.expected_version()
    return _shown(await at_window.save_at_window(call.principal, bundle_no, version, body.data))


@endpoint(
    "PUT",
    "/window/bundles/{bundle_no}/materials/{key}",
    guard=WINDOW,
    raw=FILES,
    max_body=MAX_FILE,
    limit=SCANS,
)
async def scan_paper(call: Call, bundle_no: str, key: str, query: FileWanted) -> BundleReply:
    """Scan a paper once for every office."""
    found = await at_window.scan_at_window(call.principal, bundle_no, key, call.raw, query.name)
    return _shown(found)


@endpoint("POST", "/window/bundles/{bundle_no}/filing", guard=WINDOW, status=200)
async def file_window_bundle(call: Call, bundle_no: str, body: BundleFiling) -> BundleReply:
    """Hand it in, and receive what starts."""
    to = Recipient(**body.address.model_dump()) if body.address else None
    version = call.expected_version()
    return _shown(await at_window.file_at_window(call.principal, bundle_no, version, to))
