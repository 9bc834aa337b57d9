"""Trees of digests: the known values of RFC 6962, and every path of small trees."""

import hashlib

import pytest

from core.base import merkle


def test_the_hashes_are_those_of_rfc_6962() -> None:
    one, two, three = (merkle.leaf(text) for text in (b"", b"\x00", b"\x10"))
    assert one == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle.root([one, two]) == "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    assert (
        merkle.root([one, two, three]) == "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
    )


@pytest.mark.parametrize("size", range(1, 20))
def test_each_leaf_leads_to_the_root_and_nothing_else_does(size: int) -> None:
    leaves = [merkle.leaf(str(n).encode()) for n in range(size)]
    root = merkle.root(leaves)
    other = hashlib.sha256(b"other").hexdigest()
    for index, leaf in enumerate(leaves):
        path = merkle.path(leaves, index)
        assert merkle.root_of(leaf, index, size, path) == root
        assert merkle.root_of(other, index, size, path) != root
        assert merkle.root_of(leaf, index, size, [*path, other]) == ""
        assert merkle.root_of(leaf, index + size, size, path) == ""
        if path:
            assert merkle.root_of(leaf, index, size, path[:-1]) == ""
            assert merkle.root_of(leaf, index, size, [*path[:-1], other]) != root
