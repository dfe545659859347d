"""What makes the audit trail provable, without a database: places, hashes, checkpoints, verdicts.

A place's hash is SM3 over the hash before it, its number and the row's own text. A checkpoint is a
JWS (ES256) over the last place and its hash: whoever keeps one outside can later tell that nothing
up to it was altered, taken out or put in.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jwt

from app_server.kernel.crypto import sm3

GENESIS = "0" * 64
FORMAT = "wanshi-audit/1"
# In the order of the table; times are ISO 8601 in UTC, `facts` is the JSON text the database holds.
COLUMNS = (
    "id",
    "at",
    "actor",
    "actor_name",
    "action",
    "object",
    "owner",
    "purpose",
    "channel",
    "trace",
    "facts",
)


def link(previous: str, seq: int, row: Mapping[str, Any]) -> str:
    """The hash of a place: the one before, the number, and every column of the row."""
    told = [previous, seq, *(row[name] for name in COLUMNS)]
    return sm3(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()).hex()


@dataclass(slots=True)
class Verdict:
    """What a check of an export found; `findings` is empty for an intact trail."""

    rows: int = 0
    signed_to: int = 0
    findings: list[str] = field(default_factory=list)

    @property
    def intact(self) -> bool:
        """Whether nothing speaks against the trail."""
        return not self.findings


class Verifier:
    """Reads an export line by line; needs the public keys, and nothing of the platform."""

    def __init__(self, keys: Sequence[Mapping[str, Any]]) -> None:
        self._keys = {key["kid"]: jwt.PyJWK(dict(key)) for key in keys}
        self._previous = GENESIS
        self._hashes: dict[int, str] = {}
        self.verdict = Verdict()

    def check(self, lines: Iterable[str], kept: str = "") -> Verdict:
        """The verdict on an export; `kept` is a checkpoint that was kept elsewhere."""
        checkpoints = []
        for number, text in enumerate(lines, 1):
            try:
                line = json.loads(text)
                if "checkpoint" in line:
                    checkpoints.append(str(line["checkpoint"]))
                elif "seq" in line:
                    self._place(line)
                elif "unplaced" in line:
                    self._find(f"记录 {line['unplaced']} 不在链中")
                elif line.get("export") != FORMAT:
                    self._find(f"第 {number} 行不是审计导出的内容")
            except (ValueError, KeyError, TypeError, AttributeError):
                self._find(f"第 {number} 行无法读取")
        for token in [*checkpoints, *([kept] if kept else [])]:
            self._checkpoint(token.strip())
        if self.verdict.rows and not self.verdict.signed_to:
            self._find("没有任何签名检查点")
        return self.verdict

    def _place(self, line: Mapping[str, Any]) -> None:
        seq, row = int(line["seq"]), line["row"]
        if seq != self.verdict.rows + 1:
            self._find(f"第 {self.verdict.rows + 1} 号起缺少或多出记录（出现第 {seq} 号）")
        if row is None:
            self._find(f"第 {seq} 号记录已被删除")
        elif link(self._previous, seq, row) != line["hash"]:
            self._find(f"第 {seq} 号记录或其前一环被改动")
        self.verdict.rows = seq
        self._previous = line["hash"]
        self._hashes[seq] = line["hash"]

    def _checkpoint(self, token: str) -> None:
        try:
            key = self._keys[str(jwt.get_unverified_header(token)["kid"])]
            told = jwt.decode(token, key, ["ES256"], options={"require": ["seq", "hash"]})
        except (jwt.PyJWTError, KeyError):
            self._find("有一个检查点的签名无效或密钥不符")
            return
        seq = int(told["seq"])
        if self._hashes.get(seq) != told["hash"]:
            self._find(f"检查点所证明的第 {seq} 号与导出内容不符")
        self.verdict.signed_to = max(self.verdict.signed_to, seq)

    def _find(self, what: str) -> None:
        self.verdict.findings.append(what)
