"""UnionPay real-name check of a bank card: four elements, `backTransReq.do` 5.1.0 (txnType 72).

Card number, name, ID number and the phone kept at the bank. The request is signed with
SHA256withRSA over the SHA-256 of the sorted parameters, the answer the same way by UnionPay. The
card number is passed on and never kept.
"""

import base64
import hashlib
from functools import lru_cache

import httpx
from pydantic_settings import SettingsConfigDict

from app_server.kernel import clock
from app_server.kernel.rsa2 import (
    key_pair,
    sign,
    to_sign,
    verifies,
)
from app_server.kernel.settings import VendorSettings
from auth.identity.providers.certifier import (
    Applicant,
    Asked,
    Begun,
    CertifierDown,
    NotVouched,
    Vouched,
)

PATH = "/gateway/api/backTransReq.do"
# 03/04/05: accepted or unknown, to be asked again; anything else but 00 is a no.
UNSURE = {"03", "04", "05"}
THEIRS_DOWN = {"98", "99", "12", "30", "31"}


class UnionPaySettings(VendorSettings):
    """The merchant (`UNIONPAY_KEY_ID`), its certificate's serial and both sides' keys (PEM)."""

    model_config = SettingsConfigDict(env_prefix="UNIONPAY_", extra="ignore", frozen=True)
    simulator = 16

    cert_id: str = "SIM-CERT"
    merchant_private_key: str = ""
    unionpay_public_key: str = ""


def mark_of(params: dict[str, str]) -> bytes:
    """What is signed: the lower-case hex SHA-256 of the sorted parameters (5.1.0)."""
    kept = {name: value for name, value in params.items() if name != "signature"}
    return hashlib.sha256(to_sign(kept)).hexdigest().encode()


class UnionPay:
    """The gateway over one shared client."""

    asks_first: tuple[Asked, ...] = ()
    asks_last: tuple[Asked, ...] = (
        Asked("card_number", "银联卡号", r"^62[0-9]{14,17}$", "以 62 开头的银行卡号"),
        Asked("phone", "银行预留手机号", r"^1[3-9][0-9]{9}$"),
    )

    def __init__(self, account: UnionPaySettings) -> None:
        self._account = account
        self._ours, self._theirs = key_pair(
            account.merchant_private_key, account.unionpay_public_key, simulated="unionpay"
        )
        self._client = httpx.AsyncClient(
            base_url=account.url, timeout=httpx.Timeout(6, connect=1), trust_env=False
        )

    async def begin(
        self, who: Applicant, number: str, given: dict[str, str], return_url: str
    ) -> Begun:
        """Nothing to open: the person fills in card and phone."""
        del who, number, given, return_url
        return Begun("fields")

    async def result(
        self, who: Applicant, number: str, reference: dict[str, str], given: dict[str, str]
    ) -> Vouched:
        """Ask whether the four elements stand together at the card's bank."""
        del reference
        told = await self._call(number, self._customer(who, given), given["card_number"])
        code = told.get("respCode", "")
        if code == "00":
            return Vouched(who.name, given["card_number"][-4:])
        if code in UNSURE | THEIRS_DOWN:
            raise CertifierDown(f"unionpay {code}")
        raise NotVouched(code)

    @staticmethod
    def _customer(who: Applicant, given: dict[str, str]) -> str:
        told = f"certifTp=01&certifId={who.id_number}&customerNm={who.name}"
        return base64.b64encode(f"{{{told}&phoneNo={given['phone']}}}".encode()).decode()

    async def _call(self, number: str, customer: str, card: str) -> dict[str, str]:
        params = {
            "version": "5.1.0",
            "encoding": "UTF-8",
            "signMethod": "01",
            "txnType": "72",
            "txnSubType": "01",
            "bizType": "000401",
            "accessType": "0",
            "channelType": "07",
            "merId": self._account.key_id,
            "certId": self._account.cert_id,
            # Letters and digits, and one number for one try: a doubled one would be refused.
            "orderId": f"{number}{clock.now():%H%M%S%f}"[:40],
            "txnTime": clock.local(clock.now()).strftime("%Y%m%d%H%M%S"),
            "accNo": card,
            "customerInfo": customer,
        }
        params["signature"] = sign(self._ours, mark_of(params))
        try:
            reply = await self._client.post(PATH, data=params)
            # Bare k=v pairs, nothing escaped: a form parser would turn a signature's + to blanks.
            told = dict(pair.split("=", 1) for pair in reply.text.split("&"))
        except (httpx.HTTPError, ValueError) as error:
            raise CertifierDown("unionpay") from error
        if not verifies(self._theirs, mark_of(told), told.get("signature", "")):
            raise CertifierDown("unionpay: signature")
        return told


@lru_cache(maxsize=1)
def unionpay() -> UnionPay:
    """The UnionPay of this instance."""
    return UnionPay(UnionPaySettings())
