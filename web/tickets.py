"""What one step of a form remembers for the next, sealed in a hidden field: nobody can change or lend it.

A ticket is good for some minutes, for one purpose, in the browser it was made for.
"""

from typing import Any

import msgspec

from core.base.clock import MINUTE
from core.base.sql import to_json
from core.base.vault import Unreadable
from web.ask import Ask

GOOD_FOR = 10 * MINUTE
FIELD = "ticket"


def ticket(ask: Ask, purpose: str, **facts: Any) -> str:
    """Seals facts for the next step."""
    text = to_json({**facts, "made": ask.now})
    return ask.house.vault.seal("ticket", text.encode(), _bound(ask, purpose))


def read_ticket(ask: Ask, purpose: str) -> dict[str, Any] | None:
    """The facts of the form's ticket; None for one of another browser or purpose, too old, or none."""
    try:
        opened = ask.house.vault.open("ticket", ask.form.raw(FIELD), _bound(ask, purpose))
    except Unreadable:
        return None
    facts: dict[str, Any] = msgspec.json.decode(opened)
    return facts if ask.now - facts["made"] < GOOD_FOR else None


def _bound(ask: Ask, purpose: str) -> str:
    return f"{purpose}:{ask.binding}"
