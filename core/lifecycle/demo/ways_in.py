"""How two of the demo come in: a couple with one telephone have slips, and one of them a card and a PIN."""

from core.base.act import Unit
from core.base.viewer import Viewer
from core.community.cards import make_card
from core.community.pins import PreparedPin, prepare_pin, set_first_pin
from core.community.slips import make_slip
from core.community.volunteers import Volunteer, by_number

COUPLE = ("赵德福", "钱桂兰")
PIN = "804172"

_BY_NAME = """
select v.number, p.public_id from volunteer v join person p on p.id = v.person
where v.community = :community and p.name = :name and v.status = 'active' order by v.id limit 1
"""


async def prepare(viewer: Viewer) -> tuple[Volunteer, PreparedPin]:
    """Who gets the card, and her PIN, hashed before the act."""
    row = await viewer.house.db.one(_BY_NAME, community=viewer.community, name=COUPLE[1])
    if row is None:
        raise RuntimeError(f"the demo lacks {COUPLE[1]}")
    who = await by_number(viewer, row["number"])
    return who, await prepare_pin(viewer.house, who.person, viewer.community or 0, PIN)


async def let_in(unit: Unit, who: Volunteer, pin: PreparedPin) -> None:
    """What a worker did for them just now."""
    for name in COUPLE:
        row = await unit.one(_BY_NAME, community=unit.community, name=name)
        if row is not None:
            await make_slip(unit, row["public_id"])
    await make_card(unit, who)
    await set_first_pin(unit, who, pin)
