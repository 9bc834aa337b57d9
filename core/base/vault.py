"""What identifies a person, sealed with a key of his own.

Erasing a person destroys his key: what is left in any copy of the table cannot be read.
Look-up by phone goes through a keyed hash, so the table of hashes tells nothing without the
master key. Cipher: AES-256-GCM; derived keys: HKDF-SHA256; hashes: HMAC-SHA256.
"""

import asyncio
import base64
import hashlib
import hmac
import os
from binascii import b2a_base64
from collections.abc import Iterable, Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.base.database import Reads, Transaction
from core.base.ids import CROCKFORD
from core.base.sql import to_json

_NONCE = 12
_MANY = 200  # persons from which sealing goes to a thread

_KEYS = """
insert into person_key (person, wrapped) select r.person, r.wrapped
from rows(:items; person bigint, wrapped text) as r where true on conflict do nothing
"""

_SECRETS = """
insert into person_secret (person, field, sealed) select r.person, r.field, r.sealed
from rows(:items; person bigint, field text, sealed text) as r where true
on conflict (person, field) do update set sealed = excluded.sealed
"""

_GET = """
select s.person, s.field, s.sealed, k.wrapped from person_secret s join person_key k on k.person = s.person
where s.person in ids(:people) and s.field in (select f.name from rows(:fields; name text) as f)
"""

Sealed = list[dict[str, int | str]]


class Unreadable(Exception):
    """A sealed value was changed, belongs to somebody else, or its key is gone."""


def _seal(key: AESGCM, plain: bytes, bound_to: str) -> str:
    nonce = os.urandom(_NONCE)
    return b2a_base64(nonce + key.encrypt(nonce, plain, bound_to.encode()), newline=False).decode()


def _open(key: bytes, sealed: str, bound_to: str) -> bytes:
    try:
        raw = base64.b64decode(sealed)
        return AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], bound_to.encode())
    except (InvalidTag, ValueError) as error:  # changed; or never sealed here at all
        raise Unreadable(bound_to) from error


def _sealed(person: int, key: AESGCM, fields: Mapping[str, str]) -> Sealed:
    return [
        {"person": person, "field": f, "sealed": _seal(key, text.encode(), f"{person}:{f}")}
        for f, text in fields.items()
    ]


class Vault:
    """The master key's uses; one key per use, so that none can stand in for another."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._wrapping = self.key("person key")
        self._lookup = self.key("look-up")
        self._digest = self.key("digest")

    def key(self, purpose: str) -> bytes:
        """A 32-byte key for one purpose."""
        return HKDF(SHA256(), 32, b"linli", purpose.encode()).derive(self._secret)

    def hash(self, kind: str, text: str) -> str:
        """The keyed look-up hash of a value, e.g. ('phone', '13800000001'); hex."""
        return hmac.new(self._lookup, f"{kind}:{text}".encode(), hashlib.sha256).hexdigest()

    def code(self, purpose: str, *parts: object, length: int) -> str:
        """A secret to be printed, in Crockford's letters, worked out from what it belongs to.

        So the same act shows the same code again, nothing of it has to be kept but a hash, and nobody works
        it out without the master key. At most 51 characters.
        """
        bits = int(self.digest(purpose, *parts), 16)
        return "".join(CROCKFORD[(bits >> (5 * n)) & 31] for n in range(length))

    def digest(self, *parts: object) -> str:
        """A keyed digest of JSON-able parts; hex. Tells nothing about them without the master key."""
        return hmac.new(self._digest, to_json(parts).encode(), hashlib.sha256).hexdigest()

    def seal(self, purpose: str, plain: bytes, bound_to: str) -> str:
        """Seals bytes that belong to no one person under the purpose's key; `open` needs the same words."""
        return _seal(AESGCM(self.key(purpose)), plain, bound_to)

    def open(self, purpose: str, sealed: str, bound_to: str) -> bytes:
        """What `seal` sealed. Raises Unreadable."""
        return _open(self.key(purpose), sealed, bound_to)

    async def put(self, transaction: Transaction, values: Mapping[int, Mapping[str, str]]) -> None:
        """Seals fields of persons ({person: {field: text}}) in four statements whatever their number.

        A field that is there already is replaced. A person whose key was destroyed cannot get
        a new one here: raises Unreadable.
        """
        people = sorted(values)
        gone = await transaction.fetch(
            "select id from person where id in ids(:people) and erased_at is not null", people=people
        )
        if gone:
            raise Unreadable(f"person {gone[0]['id']} is erased")
        wrapping = AESGCM(self._wrapping)
        fresh = [{"person": p, "wrapped": _seal(wrapping, os.urandom(32), f"key:{p}")} for p in people]
        await transaction.execute(_KEYS, items=fresh)
        keys = await self._keys(transaction, people)
        sealed = [row for p, fields in values.items() for row in _sealed(p, AESGCM(keys[p]), fields)]
        await transaction.execute(_SECRETS, items=sealed)

    async def put_new(self, transaction: Transaction, values: Mapping[int, Mapping[str, str]]) -> None:
        """`put` for persons entered in this transaction, who have no key yet. Two statements."""
        if len(values) < _MANY:
            keys, sealed = self._seal_new(values)
        else:
            keys, sealed = await asyncio.to_thread(self._seal_new, values)
        if keys:
            if await transaction.execute(_KEYS, items=keys) != len(keys):
                raise RuntimeError("somebody new has a key already")
            await transaction.execute(_SECRETS, items=sealed)

    def _seal_new(self, values: Mapping[int, Mapping[str, str]]) -> tuple[Sealed, Sealed]:
        wrapping = AESGCM(self._wrapping)
        keys: Sealed = []
        sealed: Sealed = []
        for person, fields in values.items():
            key = os.urandom(32)
            keys.append({"person": person, "wrapped": _seal(wrapping, key, f"key:{person}")})
            sealed += _sealed(person, AESGCM(key), fields)
        return keys, sealed

    async def get(
        self, reads: Reads, people: Iterable[int], fields: Iterable[str]
    ) -> dict[int, dict[str, str]]:
        """Opened fields by person; what is not there or erased is left out. One statement."""
        names = [{"name": field} for field in fields]
        rows = await reads.fetch(_GET, people=list(people), fields=names)
        opened: dict[int, dict[str, str]] = {}
        for row in rows:
            person = row["person"]
            key = _open(self._wrapping, row["wrapped"], f"key:{person}")
            text = _open(key, row["sealed"], f"{person}:{row['field']}").decode()
            opened.setdefault(person, {})[row["field"]] = text
        return opened

    async def _keys(self, reads: Reads, people: list[int]) -> dict[int, bytes]:
        rows = await reads.fetch(
            "select person, wrapped from person_key where person in ids(:people)", people=people
        )
        return {r["person"]: _open(self._wrapping, r["wrapped"], f"key:{r['person']}") for r in rows}
