"""What waits while a file is on its way in: its table and what was found in it, compressed and sealed."""

import hashlib
import zlib
from typing import Any

import msgspec

from core.base.errors import Message, NotFound
from core.base.vault import Vault
from core.lifecycle.imports.faults import Fault
from core.lifecycle.imports.kind import Plan, Proposal
from core.lifecycle.imports.table import Table

_PURPOSE = "import content"


class Findings(msgspec.Struct, frozen=True):
    """What a check found, with the names it quotes."""

    faults: list[Fault]
    proposals: list[Proposal]
    left_out: list[tuple[str, int]]  # sheet, line of sums and remarks
    skipped: list[str]  # sheets without a table


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def pack(vault: Vault, public: str, table: Table, findings: Findings | None = None) -> str:
    """The sealed content: the table, and what was found in it."""
    sealed = _seal(vault, public, "table", msgspec.msgpack.encode(table))
    if findings is None:
        return sealed
    return sealed + "\n" + pack_findings(vault, public, findings)


def pack_findings(vault: Vault, public: str, findings: Findings) -> str:
    return _seal(vault, public, "findings", msgspec.msgpack.encode(findings, enc_hook=_message_out))


def unpack_table(vault: Vault, public: str, content: str) -> Table:
    """Raises NotFound when the content is gone."""
    if not content:
        raise NotFound
    plain = _open(vault, public, "table", content.partition("\n")[0])
    return msgspec.msgpack.decode(plain, type=Table)


def unpack_findings(vault: Vault, public: str, content: str) -> Findings:
    """What the last check found; nothing before there was one."""
    sealed = content.partition("\n")[2]
    if not sealed:
        return Findings([], [], [], [])
    plain = _open(vault, public, "findings", sealed)
    return msgspec.msgpack.decode(plain, type=Findings, dec_hook=_message_in)


def _seal(vault: Vault, public: str, part: str, plain: bytes) -> str:
    return vault.seal(_PURPOSE, zlib.compress(plain, 3), f"{public}:{part}")


def _open(vault: Vault, public: str, part: str, sealed: str) -> bytes:
    return zlib.decompress(vault.open(_PURPOSE, sealed, f"{public}:{part}"))


def _message_out(value: Any) -> Any:
    if isinstance(value, Message):
        return [value.id, value.args]
    raise TypeError(type(value).__name__)


def _message_in(kind: type, value: Any) -> Any:
    if kind is Message:
        return Message(value[0], **value[1])
    raise TypeError(kind.__name__)


def findings_of(plan: Plan, table: Table) -> Findings:
    several = len(table.sheets) > 1
    left_out = [(table.sheets[sheet] if several else "", line) for sheet, line in table.left_out]
    return Findings(plan.faults, plan.proposals, left_out, table.skipped)
