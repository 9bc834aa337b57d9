"""Receipts and checkpoints: files that prove themselves, without a database.

A receipt holds one row, its way to its block's root, the block and its signature. A checkpoint holds every
block of a chain, kept somewhere else: whoever rewrites the book afterwards cannot rewrite that.
"""

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from core.base import merkle
from core.base.errors import Message, Refused
from core.base.seal_form import ENTRY, LINE, TRANSFER, Header, canonical, is_signed

KIND, CHECKPOINT = "linli receipt 1", "linli checkpoint 1"
LONGEST = 60_000  # characters of a receipt
_HEX = 64


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What a receipt's file holds. `row` begins with a word for what it is."""

    linli: str
    row: list[str | int | None]
    sequence: int
    path: list[str]
    block: Header
    signature: str
    key: str


class Chain(msgspec.Struct, frozen=True, kw_only=True):
    """All blocks of one chain: (last sequence number, root, at) each; the rest follows from those before."""

    community: int
    name: str
    blocks: list[tuple[int, str, int]]
    signature: str  # of the last block


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """What a checkpoint's file holds."""

    linli: str
    at: int
    key: str
    chains: list[Chain]


class Known(msgspec.Struct, frozen=True):
    """What a good receipt proves. `line` has the columns of the row by name, for a line of the book."""

    receipt: Receipt
    line: dict[str, Any]
    checked: bool  # against a checkpoint


class BadReceipt(Refused):
    """Why a receipt proves nothing."""

    status = 422


_NONE = Message("This is not a receipt of Linli, or not all of it.")
_ALTERED = Message("This receipt was altered: what it says is not what was sealed.")
_SIGNATURE = Message("This receipt was altered: the signature does not fit its block.")
_STRANGER = Message("This receipt was signed with another key than this book's.")
_NEWER = Message("The checkpoint is older than this receipt. Use a newer one.")
_OTHER = Message(
    "The checkpoint knows another book: either this receipt is false, or the book was rewritten."
)
_NOT_THERE = Message("The checkpoint holds nothing of this receipt's community.")
_NO_CHECKPOINT = Message("This is not a checkpoint of Linli, or not all of it.")
_BAD_CHECKPOINT = Message("This checkpoint was altered: its signature does not fit.")


def written(content: Receipt | Checkpoint) -> str:
    """The file's text: JSON, one key a line, so that it can be read and compared."""
    return json.dumps(msgspec.to_builtins(content), ensure_ascii=False, indent=1)


def read_receipt(text: str) -> Receipt:
    """A receipt from its file's text. Raises BadReceipt."""
    if len(text) > LONGEST:
        raise BadReceipt(_NONE)
    try:
        found = msgspec.json.decode(text.strip().encode(), type=Receipt)
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise BadReceipt(_NONE) from error
    sizes = {len(found.block.root), *(len(step) for step in found.path)}
    if found.linli != KIND or len(found.row) < 2 or sizes != {_HEX}:
        raise BadReceipt(_NONE)
    return found


def read_checkpoint(text: str) -> Checkpoint:
    """A checkpoint from its file's text. Raises BadReceipt."""
    try:
        found = msgspec.json.decode(text.strip().encode(), type=Checkpoint)
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise BadReceipt(_NO_CHECKPOINT) from error
    if found.linli != CHECKPOINT:
        raise BadReceipt(_NO_CHECKPOINT)
    return found


def check_receipt(receipt: Receipt, key: str = "", checkpoint: Checkpoint | None = None) -> Known:
    """What the receipt proves. `key`: the book's own, where it is known. Raises BadReceipt, saying why."""
    header = receipt.block
    digest = merkle.leaf(canonical(receipt.row))
    size = header.last - header.first + 1
    try:
        root = merkle.root_of(digest, receipt.sequence - header.first, size, receipt.path)
    except ValueError as error:  # not hexadecimal
        raise BadReceipt(_NONE) from error
    # The row says itself whose it is; a block of another community proves nothing about it.
    if root != header.root or receipt.row[1] not in (header.community, None):
        raise BadReceipt(_ALTERED)
    if not is_signed(header, receipt.signature, receipt.key):
        raise BadReceipt(_SIGNATURE)
    if key and receipt.key != key:
        raise BadReceipt(_STRANGER)
    if checkpoint is not None:
        _against(receipt, checkpoint)
    return Known(receipt, _line(receipt.row), checkpoint is not None)


def _against(receipt: Receipt, checkpoint: Checkpoint) -> None:
    if receipt.key != checkpoint.key:
        raise BadReceipt(_STRANGER)
    header = receipt.block
    chain = next((c for c in checkpoint.chains if c.community == header.community), None)
    if chain is None:
        raise BadReceipt(_NOT_THERE)
    headers = headers_of(chain, checkpoint.key)
    if header.number > len(headers):
        raise BadReceipt(_NEWER)
    if headers[header.number - 1] != header:
        raise BadReceipt(_OTHER)


def headers_of(chain: Chain, key: str) -> list[Header]:
    """A checkpoint's blocks in full, from what it says of them. Raises BadReceipt (signature)."""
    found: list[Header] = []
    first, previous = 1, ""
    for number, (last, root, at) in enumerate(chain.blocks, 1):
        found.append(Header(chain.community, number, first, last, root, previous, at))
        first, previous = last + 1, found[-1].head()
    if not found or not is_signed(found[-1], chain.signature, key):
        raise BadReceipt(_BAD_CHECKPOINT)
    return found


def _line(row: Sequence[Any]) -> dict[str, Any]:
    if row[0] == LINE and len(row) == len(TRANSFER) + 1:
        return dict(zip(TRANSFER, row[1:], strict=True))
    if row[0] == ENTRY:
        return {}
    raise BadReceipt(_NONE)
