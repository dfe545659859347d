"""What a department's business system does to be paid: raise a bill, wait, take the receipt number.

Python 3.11 alone; run it with the five variables of docs/payments.md. Prints one line for every
state it sees and ends with 0 once the bill is paid.
"""

import json
import os
import sys
import time
import urllib.request

BASE = os.environ["WANSHI_PARTNER"]
WAIT_S = float(os.environ.get("WAIT_S", "600"))


def call(method: str, path: str, body: dict | None = None, token: str = "") -> dict:
    """One call; an answer that is an error raises `urllib.error.HTTPError`."""
    asked = urllib.request.Request(  # noqa: S310 - the platform's own address
        f"{BASE}/partner/v1{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"content-type": "application/json"}
        | ({"authorization": f"Bearer {token}"} if token else {}),
    )
    with urllib.request.urlopen(asked, timeout=10) as reply:  # noqa: S310
        return json.load(reply)


def main() -> int:
    """Raise the bill and follow it."""
    credentials = {
        "client_id": os.environ["CLIENT_ID"],
        "client_secret": os.environ["CLIENT_SECRET"],
    }
    token = call("POST", "/tokens", credentials)["access_token"]
    wanted = json.loads(os.environ["BILL"])
    # The same reference again is the same bill: after a lost answer simply ask once more.
    bill = call("POST", "/payments/bills", wanted, token)
    if call("POST", "/payments/bills", wanted, token)["bill_no"] != bill["bill_no"]:
        return 1
    print(f"{bill['bill_no']} {bill['pay_code']} {bill['state']}", flush=True)
    path = f"/payments/bills?references={wanted['reference']}"
    until, seen = time.monotonic() + WAIT_S, bill["state"]
    while time.monotonic() < until:
        [bill] = call("GET", path, token=token)["items"]
        if bill["state"] != seen:
            seen = bill["state"]
            print(f"{bill['bill_no']} {seen} {bill['channel']}", flush=True)
        if bill["receipt_no"]:
            print(f"receipt {bill['receipt_no']}", flush=True)
            return 0
        time.sleep(0.2)
    return 1


if __name__ == "__main__":
    sys.exit(main())
