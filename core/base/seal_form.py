"""What is sealed, to the last byte: docs/book.md tells it to a stranger who wants to compute it himself.

A row is a JSON array of its columns in the order below, after a word that says what it is; a block
likewise. UTF-8, no blanks, characters as they are; `canonical` below is all there is to it.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from core.base.database import Row
from core.base.vault import Vault

TRANSFER = (
    "community",
    "id",
    "public_id",
    "act",
    "kind",
    "debit",
    "credit",
    "amount",
    "effective_at",
    "booked_at",
    "recorded_at",
    "award",
    "redemption",
    "hold",
    "reverses",
    "approval",
    "actor",
    "approver",
    "account",
    "version",
    "posted_after",
    "held_after",
    "message",
    "arguments",
    "text",
    "expires_at",  # of the lot it opened, as it was then
)
AUDIT = (
    "community",
    "id",
    "act",
    "actor",
    "on_behalf",
    "action",
    "subject",
    "subject_id",
    "result",
    "detail",
    "at",
)
LINE, ENTRY, BLOCK = "linli transfer 1", "linli audit 1", "linli block 1"


def canonical(values: Sequence[Any]) -> bytes:
    """The bytes of an array of numbers, texts and nulls."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def transfer_row(row: Row) -> list[Any]:
    """A line of the book as it is sealed."""
    return [LINE, *(row[name] for name in TRANSFER)]


def audit_row(row: Row) -> list[Any]:
    """An entry of the log as it is sealed."""
    return [ENTRY, *(row[name] for name in AUDIT)]


class Header(NamedTuple):
    """A block as it is signed. `at` in ms since 1970 UTC; `first` and `last` are sequence numbers."""

    community: int
    number: int
    first: int
    last: int
    root: str
    previous: str
    at: int

    def content(self) -> bytes:
        return canonical([BLOCK, *self])

    def head(self) -> str:
        """What the next block names as its `previous`, and what a checkpoint keeps."""
        return hashlib.sha256(self.content()).hexdigest()


class SealKey:
    """The house's key for seals, worked out from the master key."""

    def __init__(self, vault: Vault) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(vault.key("seal"))
        self.public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def sign(self, header: Header) -> str:
        return self._key.sign(header.content()).hex()


def is_signed(header: Header, signature: str, key: str) -> bool:
    """Whether the signature (hex) of a header was made with the key (hex, public).

    Hex is small letters without blanks: one thing is written in one way, or a changed byte could hide.
    """
    try:
        public, signed = bytes.fromhex(key), bytes.fromhex(signature)
        if (public.hex(), signed.hex()) != (key, signature):
            return False
        Ed25519PublicKey.from_public_bytes(public).verify(signed, header.content())
    except (InvalidSignature, ValueError):
        return False
    return True
