"""The code somebody takes along who moves to another community: ten characters, shown once, thirty days good.

Only a keyed hash is kept. The code is worked out from the act that makes it, so that a form sent twice shows
the same code, and nobody without the master key can work it out again.
"""

import re

from core.base.clock import DAY, HOUR, MINUTE
from core.base.house import House
from core.base.ids import CROCKFORD
from core.community import throttle
from core.community.throttle import Budget

LENGTH = 10
GOOD_FOR = 30 * DAY
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
_FULL_WIDTH = {0xFF01 + n: chr(0x21 + n) for n in range(94)}


def code_of(house: House, act: int, volunteer: int) -> str:
    """The code an act makes for a volunteer."""
    bits = int(house.vault.digest("moving code", act, volunteer), 16)
    return "".join(CROCKFORD[(bits >> (5 * n)) & 31] for n in range(LENGTH))


def read_code(text: str) -> str:
    """What was typed as a code: blanks and dashes dropped, misread letters put right; '' if it is none."""
    plain = re.sub(r"[\s\-－—]", "", text.translate(_FULL_WIDTH)).upper().translate(_MISREAD)
    return plain if len(plain) == LENGTH and all(c in CROCKFORD for c in plain) else ""


def hash_of(house: House, code: str) -> str:
    return house.vault.hash("moving code", code)


def grouped(code: str) -> str:
    """As it is shown and read out: K7QM2 9XZ4D."""
    return f"{code[:5]} {code[5:]}"


async def spend_try(house: House, person: int | None, community: int | None) -> None:
    """Counts one code typed: a code cannot be guessed by trying. Raises TooMany."""
    await throttle.spend(
        house,
        [
            Budget(f"moving:person:{person}", 10, 10 * MINUTE),
            Budget(f"moving:community:{community}", 100, HOUR),
        ],
    )
