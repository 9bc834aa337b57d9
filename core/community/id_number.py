"""The number of a resident's identity card: what it says by itself, and whether it was typed right.

18 places: six of the region, eight of the birth date, three of the order (odd: a man), one that checks the
rest (ISO 7064 MOD 11-2). Source: GB 11643-1999. Residence permits of 港澳台 residents are made the same way.
"""

from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
LENGTH = 18


def is_id_number(text: str) -> bool:
    """Whether the length, the digits, the birth date and the check agree."""
    body, check = text[:-1], text[-1:]
    if len(text) != LENGTH or not (body.isascii() and body.isdecimal()) or birth_date_of(text) is None:
        return False
    return _CHECKS[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11] == check


def birth_date_of(number: str) -> str | None:
    """The birth date in it, 'YYYY-MM-DD'; None where it holds no day."""
    digits = number[6:14]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).isoformat()
    except ValueError:
        return None


def sex_of(number: str) -> str:
    """'male' or 'female'."""
    return "male" if int(number[16]) % 2 else "female"


def masked_id_number(number: str) -> str:
    """As others may read it: only the last four places."""
    return "*" * (LENGTH - 4) + number[-4:]
