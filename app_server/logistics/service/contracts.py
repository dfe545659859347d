"""Contracts of tenants with carriers: who brings a place's parcels, at whose cost (R-LOG-06)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app_server.kernel import audit, clock, db, regions
from app_server.kernel.errors import InvalidInput, PreconditionFailed
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from app_server.logistics.errors import NoContract
from app_server.logistics.models import Contract
from app_server.logistics.providers.courier import Account
from app_server.logistics.rules import CARRIER_NAMES, in_order
from payments import service as payments


@dataclass(frozen=True, slots=True)
class ContractWanted:
    """A contract as an administrator enters it; `fee_code` where residents pay."""

    region: str
    org: str
    carrier: str
    customer_code: str
    monthly_account: str
    payer: str
    postage_fen: int
    priority: int
    valid_from: date
    office_name: str
    office_phone: str
    office_address: str
    valid_to: date | None = None
    fee_code: str = ""


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """A contract as it stands; of the monthly account only its end is shown."""

    id: UUID
    region: str
    org: str
    carrier: str
    carrier_name: str
    customer_code: str
    account_end: str
    payer: str
    fee_code: str
    postage_fen: int
    priority: int
    valid_from: date
    valid_to: date | None
    office_name: str
    office_phone: str
    office_address: str
    version: int


@dataclass(frozen=True, slots=True)
class Postage:
    """What sending costs here, and whom; told before anything is agreed."""

    carrier_name: str
    payer: str
    amount_fen: int


async def put_contract(
    by: Principal, wanted: ContractWanted, version: int | None = None
) -> ContractFacts:
    """Enter a contract, or change the one of that carrier and code (then `version` is its).

    Raises `InvalidInput` for a place one does not answer for, days turned round, or a fee the
    organisation may not charge; `PreconditionFailed`.
    """
    await _check(by, wanted)
    told = {name: getattr(wanted, name) for name in ContractWanted.__slots__}
    key = {n: told.pop(n) for n in ("region", "org", "carrier", "customer_code")}
    async with db.unit_of_work():
        row = await Contract.select_for_update().get_or_none(**key)
        if (row is None) != (version is None) or (row and row.version != version):
            raise PreconditionFailed
        if row is None:
            row = await Contract.create(**key, **told)
        else:
            await row.update_from_dict(told | {"version": row.version + 1}).save()
        audit.record(by, "logistics.contract_put", f"contract:{row.id}", purpose=row.carrier)
    return _facts(row)


async def _check(by: Principal, wanted: ContractWanted) -> None:
    wrong: dict[str, str] = {}
    regions.region(wanted.region)
    if by.kind == "staff" and not regions.covers(by.region, wanted.region):
        wrong["region"] = "不在本人管辖范围内"
    if wanted.valid_to is not None and wanted.valid_to < wanted.valid_from:
        wrong["valid_to"] = "不能早于开始日期"
    if wanted.payer == "resident":
        listed = {
            fee.code for fee in await payments.fees(wanted.org) if fee.fee_class == "business"
        }
        if not wanted.org or wanted.fee_code not in listed:
            wrong["fee_code"] = "本人支付的邮费须为该单位收费目录内的经营性收费项目"
    if wrong:
        raise InvalidInput(errors=[{"field": f, "message": m} for f, m in wrong.items()])


async def contracts(by: Principal) -> list[ContractFacts]:
    """The contracts inside one's region, by place and priority."""
    rows = await Contract.all().order_by("region", "org", "priority")
    return [_facts(row) for row in rows if regions.covers(by.region, row.region)]


async def in_force(region: str, org: str) -> list[Contract]:
    """The contracts for a parcel of this place today, first choice first."""
    place = region or load().platform_region
    return in_order(await Contract.all(), place, org, clock.today(), regions.covers)


async def postage(region: str, org: str) -> Postage:
    """What sending costs from or to an office; raises `NoContract`."""
    found = await in_force(region, org)
    if not found:
        raise NoContract
    first = found[0]
    fen = first.postage_fen if first.payer == "resident" else 0
    return Postage(CARRIER_NAMES[first.carrier], first.payer, fen)


def account_of(contract: Contract) -> Account:
    """What calls under a contract name."""
    return Account(contract.customer_code, contract.monthly_account)


def account_name(carrier: str, customer_code: str) -> str:
    """How an account is called in our books."""
    return f"{carrier}/{customer_code}"


def _facts(row: Contract) -> ContractFacts:
    return ContractFacts(
        id=row.id,
        region=row.region,
        org=row.org,
        carrier=row.carrier,
        carrier_name=CARRIER_NAMES[row.carrier],
        customer_code=row.customer_code,
        account_end=row.monthly_account[-4:],
        payer=row.payer,
        fee_code=row.fee_code,
        postage_fen=row.postage_fen,
        priority=row.priority,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        office_name=row.office_name,
        office_phone=row.office_phone,
        office_address=row.office_address,
        version=row.version,
    )
