"""Volunteer numbers: eight digits that are easily typed, unique everywhere, and catch a slip.

The first digit is 2 to 9, so a number is never mistaken for a telephone number; six random digits
follow, so that numbers tell nothing about how many volunteers there are or who came first; the
last is a check digit (Damm), which finds every single wrong digit and every swap of neighbours.
Digits only: a keypad of digits is enough to type one, whatever the language.
"""

import secrets

LENGTH = 8

_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")


def check_digit(digits: str) -> str:
    """The digit that makes `digits` a valid number."""
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return str(interim)


def new_number() -> str:
    """A random number; whether it is free only the database knows."""
    body = str(secrets.randbelow(8) + 2) + f"{secrets.randbelow(10**6):06d}"
    return body + check_digit(body)


def new_numbers(count: int) -> list[str]:
    """`count` random numbers, no two alike."""
    drawn: set[str] = set()
    while len(drawn) < count:
        drawn.add(new_number())
    return list(drawn)


def digits_of(text: str) -> str:
    """What was typed as plain digits: spaces and dashes dropped, full-width digits made narrow.

    Anything else stays in, so that it is seen to be wrong.
    """
    narrow = text.translate(_FULL_WIDTH)
    return "".join(c for c in narrow if not c.isspace() and c not in "-－—")


def is_number(digits: str) -> bool:
    """Whether this can be a volunteer number: the length, the first digit and the check digit agree."""
    return (
        len(digits) == LENGTH
        and digits.isascii()
        and digits.isdecimal()
        and digits[0] >= "2"
        and check_digit(digits[:-1]) == digits[-1]
    )


def is_phone(digits: str) -> bool:
    """Whether this can be a telephone number: a mobile number, or a fixed line with its area code."""
    if not (digits.isascii() and digits.isdecimal()):
        return False
    return (len(digits) == 11 and digits[0] == "1") or (10 <= len(digits) <= 12 and digits[0] == "0")
