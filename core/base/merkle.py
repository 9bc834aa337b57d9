"""Merkle trees over digests, as RFC 6962 (2.1) builds them: a root for many rows, a short path for one.

Leaf: SHA-256 of a zero byte and the row's bytes. Node: SHA-256 of a one byte and both children. A tree of n
leaves splits at the largest power of two below n. Digests are lower-case hex.
"""

import hashlib
from collections.abc import Sequence


def leaf(content: bytes) -> str:
    """The digest of one row's bytes."""
    return hashlib.sha256(b"\x00" + content).hexdigest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _levels(leaves: Sequence[str]) -> list[list[bytes]]:
    """The tree from the leaves up. One without a neighbour goes up as it is, just as RFC 6962 splits."""
    levels = [[bytes.fromhex(digest) for digest in leaves]]
    while len(levels[-1]) > 1:
        below = levels[-1]
        above = [_node(below[n], below[n + 1]) for n in range(0, len(below) - 1, 2)]
        levels.append(above + below[len(below) & ~1 :])
    return levels


def root(leaves: Sequence[str]) -> str:
    """The root of at least one leaf."""
    return _levels(leaves)[-1][0].hex()


def path(leaves: Sequence[str], index: int) -> list[str]:
    """The neighbours on the way from a leaf to the root, from below."""
    found = []
    for level in _levels(leaves)[:-1]:
        neighbour = index ^ 1
        if neighbour < len(level):
            found.append(level[neighbour].hex())
        index >>= 1
    return found


def root_of(digest: str, index: int, size: int, neighbours: Sequence[str]) -> str:
    """The root a leaf leads to by its path in a tree of `size`; '' when it is not one of such a tree."""
    if not 0 <= index < size:
        return ""
    here, rest = bytes.fromhex(digest), list(neighbours)
    while size > 1:
        if index ^ 1 < size:
            if not rest:
                return ""
            other = bytes.fromhex(rest.pop(0))
            here = _node(other, here) if index & 1 else _node(here, other)
        index, size = index >> 1, (size + 1) >> 1
    return "" if rest else here.hex()
