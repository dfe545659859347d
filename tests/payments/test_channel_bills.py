"""Bills of both channels: read as they are, refused where anything does not add up."""

import gzip
import io
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.errors import BadBill
from payments.providers import wechatpay_bill
from payments.providers.alipay_bill import alipay_lines
from payments.providers.gateway import NoAnswer, NotReady, Refused
from payments.providers.wechatpay_bill import wechatpay_lines
from payments.simulators.alipay_bills import bill_of as alipay_bill_of
from payments.simulators.wechatpay_bills import HEADER, TOTALS
from payments.simulators.wechatpay_bills import bill_of as wechat_bill_of
from tests.builders.channels import (
    alipay_pair,
    giving_back,
    order,
    turnable,
    wechat_pair,
)

DAY = date(2026, 6, 1)
AT = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
PAIRS = {"wechat": wechat_pair, "alipay": alipay_pair}


@pytest.fixture
def now():
    with turnable() as made:
        yield made


@pytest.mark.parametrize("channel", PAIRS)
async def test_a_finished_day_is_fetched_checked_and_read(now, tmp_path, channel):
    world, gateway = PAIRS[channel](now)
    for number, fen in (("ORDER00001", 2000), ("ORDER00002", 150)):
        await gateway.create(order(number, fen, product="native"))
        world.pay(number)
    await gateway.refund(giving_back())
    now.turn(minutes=1)
    world.due(now.at)
    early = await gateway.bill(DAY, tmp_path)
    assert isinstance(early, NotReady | Refused)
    now.turn(hours=16)
    assert isinstance(await gateway.bill(DAY, tmp_path), NotReady)
    now.turn(hours=8)
    file = await gateway.bill(DAY, tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == [file.name]
    lines = sorted(gateway.lines(file), key=lambda line: line.amount_fen)
    told = [(one.kind, one.merchant, one.out_trade_no, one.amount_fen) for one in lines]
    assert told == [
        ("trade", gateway.merchant, "ORDER00002", 150),
        ("refund", gateway.merchant, "ORDER00001", 500),
        ("trade", gateway.merchant, "ORDER00001", 2000),
    ]
    assert lines[1].out_refund_no == "REFUND0001"
    assert {(one.fee_fen, one.at.utcoffset()) for one in lines} == {(0, timedelta(hours=8))}
    empty = await gateway.bill(DAY - timedelta(days=1), tmp_path)
    assert isinstance(empty, Refused)


@pytest.mark.parametrize("channel", PAIRS)
@pytest.mark.parametrize("kind", ["request_lost", "answer_lost", "slow", "server_error", "garbage"])
async def test_a_bill_over_a_bad_line_is_no_answer_and_leaves_nothing(now, tmp_path, channel, kind):
    world, gateway = PAIRS[channel](now)
    await gateway.create(order(product="native"))
    world.pay("ORDER00001")
    now.turn(days=1)
    for calls in (0, 1):
        spared = [calls]

        def choose(wanted, spared=spared):
            if wanted != kind:
                return False
            spared[0] -= 1
            return spared[0] == -1

        world.faults.choose = choose
        got = await gateway.bill(DAY, tmp_path)
        assert isinstance(got, NoAnswer)
        assert list(tmp_path.iterdir()) == []


async def test_a_file_whose_digest_differs_is_not_taken(now, tmp_path):
    world, gateway = wechat_pair(now)
    await gateway.create(order())
    world.pay("ORDER00001")
    now.turn(days=1)
    true = world.handle

    def swap(method, target, headers, body):
        if target.startswith("/v3/billdownload"):
            return 200, {}, gzip.compress(b"another file")
        return true(method, target, headers, body)

    world.handle = swap
    assert await gateway.bill(DAY, tmp_path) == NoAnswer("digest differs")
    assert list(tmp_path.iterdir()) == []


async def test_a_file_that_unpacks_past_any_true_bill_is_not_taken(now, tmp_path, monkeypatch):
    monkeypatch.setattr(wechatpay_bill, "MAX_UNPACKED", 1 << 20)
    world, gateway = wechat_pair(now)
    await gateway.create(order())
    world.pay("ORDER00001")
    now.turn(days=1)
    true = world.handle

    def bomb(method, target, headers, body):
        if target.startswith("/v3/billdownload"):
            return 200, {}, gzip.compress(b"\0" * (8 << 20))
        return true(method, target, headers, body)

    world.handle = bomb
    assert isinstance(await gateway.bill(DAY, tmp_path), NoAnswer)
    assert list(tmp_path.iterdir()) == []


async def test_an_answer_cannot_send_us_to_another_host(now, tmp_path):
    world, gateway = alipay_pair(now)
    await gateway.create(order(product="native"))
    world.pay("ORDER00001")
    now.turn(days=1)
    for base in ("http://169.254.169.254", "file://", "http://alipay.com.example"):
        world.base = base
        assert await gateway.bill(DAY, tmp_path) == NoAnswer("a bill from elsewhere")


def test_their_own_sample_is_read_and_adds_up(shared):
    lines = list(wechatpay_lines(shared / "data/payments/wechat_bill.ALL.csv"))
    assert len(lines) == 45
    assert sum(one.amount_fen for one in lines if one.kind == "trade") == 47
    assert sum(one.amount_fen for one in lines if one.kind == "refund") == 14
    assert sum(one.fee_fen for one in lines) == 8
    # Their numbers repeat, ours do not.
    assert len({one.out_refund_no or one.out_trade_no for one in lines}) == 45


def wechat_row(**changes: str) -> str:
    told = dict.fromkeys(HEADER.split(","), "") | {
        "交易时间": "2026-06-01 12:00:00",
        "商户号": "1900",
        "微信订单号": "4200",
        "商户订单号": "ORDER00001",
        "交易状态": "SUCCESS",
        "货币种类": "CNY",
        "应结订单金额": "20.00",
        "退款金额": "0.00",
        "手续费": "0.12000",
        "订单金额": "20.00",
        "申请退款金额": "0.00",
    }
    return ",".join(f"`{cell}" for cell in (told | changes).values())


SUMS = "`1.0,`20.00,`0.00,`0.00,`0.12,`20.00,`0.00"


def wechat_file(folder, *rows: str, sums: str = SUMS, header: str = HEADER):
    file = folder / "bill.csv"
    lines = [header, *rows, TOTALS, sums]
    file.write_bytes(("\ufeff" + "\r\n".join(lines) + "\r\n").encode())
    return file


def test_commas_quotes_and_formulas_in_a_name_are_no_cells(tmp_path):
    row = wechat_row(商品名称='=HYPERLINK("http://x","y"),工本费,"a')
    (line,) = wechatpay_lines(wechat_file(tmp_path, row))
    assert (line.amount_fen, line.fee_fen, line.out_trade_no) == (2000, 12, "ORDER00001")


@pytest.mark.parametrize(
    "changes",
    [
        {"订单金额": "2e1"},
        {"订单金额": "２０.00"},
        {"订单金额": "20.001"},
        {"订单金额": "-20.00"},
        {"订单金额": "NaN"},
        {"订单金额": " 20.00"},
        {"订单金额": "1_0"},
        {"订单金额": "10000000000000"},
        {"手续费": "0.12001"},
        {"商户订单号": "=1+1"},
        {"商户订单号": "@SUM(A1)"},
        {"商户订单号": ""},
        {"交易状态": "PAID"},
        {"交易状态": "REFUND"},
        {"货币种类": "USD"},
        {"交易时间": "01/06/2026"},
        {"商户数据包": "a,`b"},
    ],
    ids=str,
)
def test_a_row_of_another_form_spoils_the_file(tmp_path, changes):
    with pytest.raises(BadBill):
        list(wechatpay_lines(wechat_file(tmp_path, wechat_row(**changes))))


def test_totals_must_be_there_agree_and_be_last(tmp_path):
    row = wechat_row()
    for sums in (
        SUMS.replace("1.0", "2.0"),
        SUMS.replace("1.0", "1.5"),
        SUMS.replace("20.00", "20.01"),
        SUMS.replace("0.12", "0.13"),
        "`1.0",
        "",
    ):
        with pytest.raises(BadBill):
            list(wechatpay_lines(wechat_file(tmp_path, row, sums=sums)))
    cut = wechat_file(tmp_path, row)
    for text in (HEADER, f"{HEADER}\r\n{row}", "", "x" * 70_000, f"{HEADER}\r\n`\udcff"):
        cut.write_bytes(text.encode(errors="surrogateescape"))
        with pytest.raises(BadBill):
            list(wechatpay_lines(cut))
    with pytest.raises(BadBill):
        list(wechatpay_lines(wechat_file(tmp_path, row, sums=f"{SUMS}\r\n{row}")))
    with pytest.raises(BadBill):
        list(wechatpay_lines(wechat_file(tmp_path, row, header=HEADER.replace("手续费", "费"))))


NAMES = st.text(
    st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"], blacklist_characters="`"),
    min_size=1,
    max_size=20,
)
ROWS = st.lists(
    st.tuples(
        st.text("0123456789abcXYZ_-|*", min_size=6, max_size=32),
        st.integers(1, 10**13 - 1),
        st.integers(0, 10**13 - 1),
        NAMES,
    ),
    max_size=8,
    unique_by=lambda row: row[0],
)


@given(ROWS)
def test_whatever_wechat_writes_is_read_back(tmp_path_factory, rows):
    made, wanted = [], []
    for number, paid, back, name in rows:
        trade = {
            "kind": "SUCCESS",
            "at": AT,
            "appid": "A",
            "mchid": "1900",
            "transaction_id": "4200",
            "out_trade_no": number,
            "payer": {"openid": "o"},
            "amount": {"total": paid},
            "description": name,
        }
        made.append(trade)
        wanted.append(("trade", number, "", paid))
        if back:
            refund = {"kind": "REFUND", "order": trade, "refund_id": "5000", "status": "SUCCESS"}
            refund |= {"amount": {"refund": back}, "out_refund_no": f"R{number}"}
            made.append(trade | refund)
            wanted.append(("refund", number, f"R{number}", back))
    file = tmp_path_factory.mktemp("bills") / "bill.csv"
    file.write_bytes(wechat_bill_of(made, zipped=False)[1])
    total = sum(one[3] for one in wanted)
    if total >= 10**13:
        # Past eleven digits of yuan nothing is money any more.
        return
    read = [
        (one.kind, one.out_trade_no, one.out_refund_no, one.amount_fen)
        for one in wechatpay_lines(file)
    ]
    assert read == wanted


@given(ROWS)
def test_whatever_alipay_writes_is_read_back(tmp_path_factory, rows):
    made, wanted = [], []
    for number, paid, back, name in rows:
        told = {"trade_no": "2026", "out_trade_no": number, "total_fen": paid}
        told |= {"subject": name, "created": AT}
        made.append({"kind": "交易", "order": told, "at": AT})
        wanted.append(("trade", "SIM2088000000001", number, "", paid))
        if back:
            refund = {"kind": "退款", "order": told, "at": AT, "fen": back}
            made.append(refund | {"out_request_no": f"R{number}"})
            wanted.append(("refund", "SIM2088000000001", number, f"R{number}", back))
    if sum(one[4] for one in wanted) >= 10**13:
        return
    file = tmp_path_factory.mktemp("bills") / "bill.zip"
    file.write_bytes(alipay_bill_of("SIM2088000000001", DAY, made, AT))
    read = [
        (one.kind, one.merchant, one.out_trade_no, one.out_refund_no, one.amount_fen)
        for one in alipay_lines(file)
    ]
    assert read == wanted


def alipay_file(folder, text: str, name: str = "2088_业务明细.csv"):
    file = folder / "bill.zip"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text.encode("gb18030"))
    file.write_bytes(made.getvalue())
    return file


def test_an_alipay_file_of_another_form_is_refused(tmp_path):
    told = {"trade_no": "2026", "out_trade_no": "ORDER00001", "total_fen": 2000}
    told |= {"subject": "工本费", "created": AT}
    packed = alipay_bill_of(
        "SIM2088000000001", DAY, [{"kind": "交易", "order": told, "at": AT}], AT
    )
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        text = archive.read(archive.namelist()[0]).decode("gb18030")
    assert len(list(alipay_lines(alipay_file(tmp_path, text)))) == 1
    for old, new in (
        ("20.00\t", "20.001\t"),
        ("20.00\t", "2e1\t"),
        ("20.00\t", "-20.00\t"),
        ("ORDER00001", "=1+1"),
        ("1笔", "2笔"),
        ("收共20.00元", "收共20.01元"),
        ("收共20.00元", "收共2.0.0元"),
        ("#交易合计", "#合计"),
        ("#账号", "#户"),
        ("订单金额（元）", "金额"),
        ("交易\t", "转账\t"),
        ("2026-06-01 12:00:00", "yesterday"),
        ("工本费\t", "工本费\t,多\t"),
    ):
        assert old in text
        with pytest.raises(BadBill):
            list(alipay_lines(alipay_file(tmp_path, text.replace(old, new))))
    with pytest.raises(BadBill):
        list(alipay_lines(alipay_file(tmp_path, text, "汇总.csv")))
    empty = tmp_path / "empty.zip"
    for raw in (b"", b"PK\x03\x04", packed[: len(packed) // 2]):
        empty.write_bytes(raw)
        with pytest.raises(BadBill):
            list(alipay_lines(empty))
