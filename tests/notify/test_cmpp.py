"""CMPP packets are those of gocmpp, byte by byte."""

import asyncio
import hashlib
import json

import httpx
import pytest

from app_server.kernel.events import Ok, Rejected, Unknown
from app_server.kernel.settings import load
from notify.providers import NotSent
from notify.providers import cmpp_packets as cmpp
from notify.providers.sms_cmpp import CmppSettings, CmppSms
from notify.simulators.cmpp import NUMBER
from tests.builders.people import phone


@pytest.fixture(scope="module")
def vectors(shared):
    return json.loads((shared / "data/payments/cmpp_packets.json").read_text())


def named(vectors, file: str, name: str) -> bytes:
    return bytes.fromhex(vectors["packets"][file][name])


def test_connecting(vectors):
    told = vectors["connect"]
    body = cmpp.connect(told["sp_id"], told["secret"], told["timestamp"], int(told["version"], 16))
    made = cmpp.packet(cmpp.CONNECT, told["seq"], body)
    assert made == named(vectors, "connect_test.go", "TestCmppConnReqPktPack")
    mark = cmpp.authenticator(told["sp_id"], told["secret"], told["timestamp"])
    assert mark.hex() == vectors["authenticator_source"]
    for version, name in (
        (cmpp.V21, "TestCmpp2ConnRspPktPack"),
        (cmpp.V30, "TestCmpp3ConnRspPktPack"),
    ):
        answer = named(vectors, "connect_test.go", name)
        assert cmpp.header(answer[:12]) == (len(answer), cmpp.CONNECT | cmpp.RESPONSE, 23)
        status, mark, theirs = cmpp.connected(answer[12:], version)
        assert (status, len(mark), theirs) == (0, 16, version)


@pytest.mark.parametrize(
    ("version", "name"),
    [(cmpp.V21, "TestCmpp2SubmitReqPktPack"), (cmpp.V30, "TestCmpp3SubmitReqPktPack")],
)
def test_submitting(vectors, version, name):
    submit = cmpp.Submit(
        sp_id="900001",
        service_id="test",
        source="900001",
        phone="13500002696",
        content="测试gocmpp submit".encode("utf-16-be"),
        fee_phone="13500002696",
        fee_code="10",
        valid_until="151105131555101+",
    )
    made = cmpp.packet(cmpp.SUBMIT, 23, submit.body(version))
    assert made == named(vectors, "submit_test.go", name)


def test_answers_receipts_and_tests_of_the_line(vectors):
    for version, tag in ((cmpp.V21, "2"), (cmpp.V30, "3")):
        answer = named(vectors, "submit_test.go", f"TestCmpp{tag}SubmitRspPktPack")
        msg_id, result = cmpp.submitted(answer[12:], version)
        assert (msg_id, result) == (0xB2B9DA8000010000, 0)
        told = named(vectors, "deliver_test.go", f"TestCmpp{tag}DeliverReqPktPack")
        read = cmpp.delivered(told[12:], version)
        assert (read.phone, read.receipt, read.content) == (
            "13412340000",
            False,
            b"This is a test MO.",
        )
        done = named(vectors, "deliver_test.go", f"TestCmpp{tag}DeliverRspPktPack")
        sequence = cmpp.header(done[:12])[2]
        body = cmpp.deliver_response(read.msg_id, 0, version)
        assert cmpp.packet(cmpp.DELIVER | cmpp.RESPONSE, sequence, body) == done
    report = cmpp.receipt(named(vectors, "receipt_test.go", "TestCmppReceiptPktPack"))
    assert (report.msg_id, report.stat) == (0xB4C5530000010000, "DELIVRD")
    assert report.phone == "13412340000"
    for command, body, file, name in (
        (cmpp.ACTIVE, b"", "activetest_test.go", "TestCmppActiveTestReqPktPack"),
        (
            cmpp.ACTIVE | cmpp.RESPONSE,
            b"\x00",
            "activetest_test.go",
            "TestCmppActiveTestRspPktPack",
        ),
        (cmpp.TERMINATE, b"", "terminate_test.go", "TestCmppTerminateReqPktPack"),
        (cmpp.TERMINATE | cmpp.RESPONSE, b"", "terminate_test.go", "TestCmppTerminateRspPktPack"),
    ):
        assert cmpp.packet(command, 23, body) == named(vectors, file, name)


@pytest.mark.parametrize(
    "length",
    [0, 11, 4097, 0xFFFFFFFF],
)
def test_a_length_that_cannot_be_is_refused(length):
    with pytest.raises(cmpp.BadPacket):
        cmpp.header(cmpp.HEAD.pack(length, cmpp.ACTIVE, 1))


def test_cut_packets_are_refused(vectors):
    told = named(vectors, "deliver_test.go", "TestCmpp3DeliverReqPktPack")[12:]
    for size in range(len(told)):
        with pytest.raises(cmpp.BadPacket):
            cmpp.delivered(told[:size], cmpp.V30)
    for bad in (b"", b"x" * 61):
        with pytest.raises(cmpp.BadPacket):
            cmpp.receipt(bad)


def test_long_words_are_cut_between_characters():
    assert [len(part) for part in cmpp.parts_of("字" * 70)] == [140]
    parts = cmpp.parts_of("字" * 71)
    assert [len(part) for part in parts] == [140, 14]
    assert [part[4:6] for part in parts] == [b"\x02\x01", b"\x02\x02"]
    text = "a" + "😀" * 100
    parts = cmpp.parts_of(text)
    assert b"".join(part[6:] for part in parts).decode("utf-16-be") == text
    assert all(part[6:].decode("utf-16-be") and len(part) <= 140 for part in parts)


@pytest.fixture(params=[2, 3])
async def line(request, simulators):
    """A line to the simulated gateway."""
    address = f"127.0.0.1:{load().simulator_base_port + NUMBER}"
    made = CmppSms(CmppSettings(address=address, version=request.param, window=4))
    yield made
    await made.close()


async def on_phone(simulators, number: str) -> list[str]:
    async with httpx.AsyncClient(trust_env=False) as client:
        found = await client.get(f"{simulators['sms']}/messages", params={"phone": number})
    return [one["Content"] for one in found.json()]


async def test_words_go_over_the_line_and_receipts_come_back(simulators, line):
    heard = asyncio.Queue()

    async def hook(reference: str, arrived: bool, detail: str) -> None:
        await heard.put((reference, arrived, detail))

    line.hear(hook)
    number = phone()
    sent = await line.send("x", number, "您的公租房合同已办好😀" * 12)
    assert isinstance(sent, Ok)
    assert await on_phone(simulators, number) == ["【万事】" + "您的公租房合同已办好😀" * 12]
    receipts = [await asyncio.wait_for(heard.get(), 5) for _ in range(3)]
    assert (sent.detail, True, "DELIVRD") in receipts
    assert isinstance(await line.send("x", "1390000", "短"), Rejected)


async def test_a_hundred_at_once_pass_through_a_window_of_four(simulators, line):
    numbers = [phone() for _ in range(100)]
    done = await asyncio.gather(*(line.send("x", number, "您好") for number in numbers))
    assert all(isinstance(one, Ok) for one in done)
    assert len({one.detail for one in done}) == 100


async def test_a_wrong_secret_and_a_closed_door_send_nothing(simulators):
    address = f"127.0.0.1:{load().simulator_base_port + NUMBER}"
    wrong = CmppSms(CmppSettings(address=address, secret="other"))
    assert isinstance(await wrong.send("x", phone(), "您好"), NotSent)
    nobody = CmppSms(CmppSettings(address="127.0.0.1:9"))
    assert isinstance(await nobody.send("x", phone(), "您好"), NotSent)


async def test_a_gateway_that_falls_silent_leaves_the_outcome_unknown(monkeypatch):
    async def silent(reader, writer):
        body = (await reader.readexactly(39))[12:]
        told = cmpp.authenticator("900001", "SIM-SECRET", int.from_bytes(body[23:]))
        mark = hashlib.md5(bytes(4) + told + b"SIM-SECRET").digest()  # noqa: S324 - protocol
        answer = bytes(4) + mark + bytes([cmpp.V30])
        writer.write(cmpp.packet(cmpp.CONNECT | cmpp.RESPONSE, 1, answer))
        await reader.readexactly(12)
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    line = CmppSms(CmppSettings(address=address))
    assert isinstance(await line.send("x", phone(), "您好"), Unknown)
    server.close()


async def test_a_gateway_that_does_not_know_the_secret_is_none(monkeypatch):
    async def impostor(reader, writer):
        await reader.readexactly(39)
        answer = bytes(4) + bytes(16) + bytes([cmpp.V30])
        writer.write(cmpp.packet(cmpp.CONNECT | cmpp.RESPONSE, 1, answer))

    server = await asyncio.start_server(impostor, "127.0.0.1", 0)
    address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    line = CmppSms(CmppSettings(address=address))
    assert isinstance(await line.send("x", phone(), "您好"), NotSent)
    server.close()
