"""An account is shut, at once and in every worker, and opened again; nothing of what it did is touched.

For a telephone in the wrong hands, or somebody who has left the office at noon. Whoever may print somebody a
slip may shut him out, so nobody shuts out who has more rights than he has himself.
"""

from core.base.act import Unit
from core.base.errors import Message, NotFound
from core.community.notices import notify
from core.community.rank import require_above
from core.community.roles import access_changed
from core.community.sessions import end_sessions, require_stepped_up
from core.community.slips import Access, person_of, require, void_slips

OPENED = Message("Your account was shut for a while and is open again. You sign in as before.")

_SHUT = "update person set disabled_at = :now where id = :person and disabled_at is null"

# Not who died or went into another's account: that is undone in its own way.
_OPEN = """
update person set disabled_at = null where id = :person and disabled_at is not null and died_on is null
    and merged_into is null and erased_at is null
"""


async def _somebody(unit: Unit, shown: str) -> Access:
    """Whose public id it is. Raises NotFound, NotProved, Refused for oneself and who has more rights."""
    require(unit.viewer)
    require_stepped_up(unit.viewer)
    who = await person_of(unit, unit.viewer, shown)
    await require_above(unit, who.person)
    return who


async def shut(unit: Unit, shown: str) -> None:
    """Ends all somebody's sessions and slips and lets him in no more. Raises what `_somebody` does."""
    who = await _somebody(unit, shown)
    if not await unit.execute(_SHUT, now=unit.now, person=who.person):
        raise NotFound
    await access_changed(unit, [who.person])
    await end_sessions(unit, [who.person])
    await void_slips(unit, who.person)
    await unit.audit("person.disable", "person", who.person)


async def open_again(unit: Unit, shown: str) -> None:
    """Lets somebody in again, with the password he had. Raises what `_somebody` does."""
    who = await _somebody(unit, shown)
    if not await unit.execute(_OPEN, person=who.person):
        raise NotFound
    await access_changed(unit, [who.person])
    await notify(unit, [who.person], "account.opened", OPENED)
    await unit.audit("person.enable", "person", who.person)
