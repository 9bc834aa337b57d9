"""Random identifiers that people may see, type or send twice."""

import secrets

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETTERS = (CROCKFORD * 8).encode()  # 256 is a multiple of 32, so a random byte is a fair letter


def crockford(length: int) -> str:
    """Random text without the letters that are misread (I, L, O, U); five bits a character."""
    return secrets.token_bytes(length).translate(_LETTERS).decode()


def public_id() -> str:
    """Shown in addresses instead of a row's number: 12 characters, 60 random bits."""
    return crockford(12)


def request_id() -> str:
    """Minted with a form, sent back with it: the same id is done once."""
    return crockford(26)


def token() -> str:
    """A secret for a cookie or an invitation: 256 random bits."""
    return secrets.token_urlsafe(32)
