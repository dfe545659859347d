"""WeChat Pay's platform certificates: fetched, added, never cleared, and not at anybody's beck.

Whoever forges a notice with a serial of their own must not have us fetch keys each time, nor lose
the ones we have (payments-channels.md §1.3).
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from cryptography.x509 import load_pem_x509_certificate

from app_server.kernel import clock
from payments.errors import BadNotice
from payments.providers.channel_client import Answer, Unanswered
from payments.providers.wechatpay_facts import UNREADABLE
from payments.providers.wechatpay_signing import (
    PlatformKeys,
    check,
    serial_of,
    strict_object,
    unseal,
)

REFRESH_GAP, FIRST_GAP = timedelta(minutes=10), timedelta(seconds=5)


class KeyKeeper:
    """Their keys; `fetch` asks for the list of certificates, None where there are none."""

    def __init__(
        self, keys: PlatformKeys, api_key: str, fetch: Callable[[], Awaitable[Answer]] | None
    ) -> None:
        self.keys = keys
        self._api_key, self._fetch = api_key, fetch
        self._asked: datetime | None = None
        self._asking: asyncio.Task[bool] | None = None

    async def refresh(self) -> bool:
        """Fetch certificates and add them to those we have; whether it worked.

        The first ones cannot be checked by a key we have yet: that they open with the APIv3 key
        proves them, and then the answer's own signature has to hold with them.
        """
        if self._fetch is None:
            return True
        self._asked = clock.now()
        try:
            answer = await self._fetch()
            found = dict(self.keys.certificates)
            for one in strict_object(answer.body)["data"]:
                pem = unseal(self._api_key, one["encrypt_certificate"])
                certificate = load_pem_x509_certificate(pem)
                found[serial_of(certificate)] = certificate
            known = PlatformKeys(self.keys.fixed, found)
            check(known, answer.headers, answer.body, clock.now())
        except (Unanswered, BadNotice, *UNREADABLE):
            return False
        self.keys = known
        return True

    def ask(self) -> None:
        """After an unknown serial: one refresh at a time, one in ten minutes."""
        if self._fetch is not None and self._rested(REFRESH_GAP):
            self._begin()

    async def first(self) -> None:
        """Without any key nothing can be understood: whoever comes first asks, others wait."""
        idle = self._asking is None or self._asking.done()
        if self._fetch is not None and idle and self._rested(FIRST_GAP):
            self._begin()
        if self._asking is not None:
            await asyncio.shield(self._asking)

    def _rested(self, gap: timedelta) -> bool:
        return self._asked is None or clock.now() - self._asked > gap

    def _begin(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        self._asked = clock.now()
        self._asking = loop.create_task(self.refresh())
