"""Objects by key, on disk (`file://`) or in an S3 server (`s3://`), with signed short-lived URLs.

Keys are content addresses or ids, never names people typed. boto3 is synchronous and runs in a
thread pool of its own, bounded, so that a slow store never starves the loop.
"""

import asyncio
import re
import time
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, quote, unquote, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from app_server.kernel.crypto import same, signature
from app_server.kernel.settings import load

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,300}")


class NoSuchObject(Exception):
    """Nothing is stored under this key."""


class Storage(Protocol):
    """What both stores can do; keys match `[A-Za-z0-9._/-]`, without `..`."""

    async def put(self, key: str, data: bytes, content_type: str) -> None:
        """Store bytes; the same key again replaces them."""

    async def get(self, key: str) -> bytes:
        """The bytes; raises `NoSuchObject`."""

    async def exists(self, key: str) -> bool:
        """Whether something is stored."""

    async def delete(self, key: str) -> None:
        """Forget the object; forgetting nothing is fine."""

    def url(self, key: str, *, seconds: int = 300, content_type: str = "") -> str:
        """A signed address that reads the object for `seconds`."""


def checked(key: str) -> str:
    """The key itself; raises `ValueError` for one that could leave the store."""
    if not _KEY.fullmatch(key) or ".." in key or "//" in key:
        raise ValueError(f"not a storage key: {key!r}")
    return key


class FileStorage:
    """A directory; addresses are signed by us and served at `/files/`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._threads = ThreadPoolExecutor(4, "storage")

    def _path(self, key: str) -> Path:
        return self.root / checked(key)

    async def put(self, key: str, data: bytes, content_type: str) -> None:
        """Write beside and rename, so that a reader never sees half a file."""
        del content_type  # the signed address carries it
        await self._run(self._write, self._path(key), data)

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{time.monotonic_ns()}.part")
        part.write_bytes(data)
        part.replace(path)

    async def get(self, key: str) -> bytes:
        """Read the file."""
        try:
            data: bytes = await self._run(self._path(key).read_bytes)
        except FileNotFoundError as error:
            raise NoSuchObject(key) from error
        return data

    async def exists(self, key: str) -> bool:
        """Look for the file."""
        return bool(await self._run(self._path(key).is_file))

    async def delete(self, key: str) -> None:
        """Remove the file."""
        await self._run(lambda: self._path(key).unlink(missing_ok=True))

    def url(self, key: str, *, seconds: int = 300, content_type: str = "") -> str:
        """`/files/<key>?e=<expiry>&t=<type>&s=<signature>` on the listener that serves it."""
        until = str(int(time.time()) + seconds)
        mark = signature("file", checked(key), until, content_type)
        return f"/files/{quote(key)}?e={until}&t={quote(content_type, safe='')}&s={mark}"

    async def _run(self, action: Any, *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, action, *args)


def address_holds(key: str, until: str, content_type: str, mark: str) -> bool:
    """Whether a `/files/` address was signed by us and is still good."""
    fresh = until.isdigit() and int(until) >= time.time()
    return fresh and same(mark, signature("file", key, until, content_type))


class S3Storage:
    """A bucket of an S3-compatible server, by boto3 in its own thread pool."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        options = parse_qs(parts.query)
        scheme = "http" if options.get("tls", ["1"]) == ["0"] else "https"
        self.bucket = parts.path.strip("/")
        self._threads = ThreadPoolExecutor(8, "s3")
        self._client = boto3.client(
            "s3",
            endpoint_url=f"{scheme}://{parts.hostname}:{parts.port or 443}",
            aws_access_key_id=unquote(parts.username or ""),
            aws_secret_access_key=unquote(parts.password or ""),
            region_name=options.get("region", ["us-east-1"])[0],
            config=Config(
                connect_timeout=2,
                read_timeout=20,
                retries={"max_attempts": 3, "mode": "standard"},
                max_pool_connections=8,
                s3={"addressing_style": "path"},
                signature_version="s3v4",
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    async def put(self, key: str, data: bytes, content_type: str) -> None:
        """Put the object with its content type."""
        await self._run(
            self._client.put_object,
            Bucket=self.bucket,
            Key=checked(key),
            Body=data,
            ContentType=content_type,
        )

    async def get(self, key: str) -> bytes:
        """Get the whole object."""
        try:
            reply = await self._run(self._client.get_object, Bucket=self.bucket, Key=checked(key))
        except ClientError as error:
            raise _as_missing(error, key) from error
        data: bytes = await self._run(reply["Body"].read)
        return data

    async def exists(self, key: str) -> bool:
        """Ask for the object's head."""
        try:
            await self._run(self._client.head_object, Bucket=self.bucket, Key=checked(key))
        except ClientError as error:
            if isinstance(_as_missing(error, key), NoSuchObject):
                return False
            raise
        return True

    async def delete(self, key: str) -> None:
        """Delete the object."""
        await self._run(self._client.delete_object, Bucket=self.bucket, Key=checked(key))

    def url(self, key: str, *, seconds: int = 300, content_type: str = "") -> str:
        """A presigned GET address."""
        params = {"Bucket": self.bucket, "Key": checked(key)}
        if content_type:
            params["ResponseContentType"] = content_type
        return str(
            self._client.generate_presigned_url("get_object", Params=params, ExpiresIn=seconds)
        )

    async def _run(self, action: Any, *args: Any, **options: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: action(*args, **options)
        )


def _as_missing(error: ClientError, key: str) -> Exception:
    missing = error.response.get("Error", {}).get("Code") in {"404", "NoSuchKey", "NotFound"}
    return NoSuchObject(key) if missing else error


def open_storage(url: str) -> Storage:
    """The store an address names: `file:///dir` or `s3://key:secret@host:port/bucket?tls=0`."""
    if url.startswith("s3://"):
        return S3Storage(url)
    if url.startswith("file://"):
        return FileStorage(Path(urlsplit(url).path))
    raise ValueError("STORAGE_URL 必须以 file:// 或 s3:// 开头")


@lru_cache(maxsize=1)
def storage() -> Storage:
    """The store of this instance."""
    settings = load()
    return open_storage(settings.storage_url or f"file://{settings.data_dir / 'objects'}")
