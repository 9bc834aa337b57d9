"""Somebody without a telephone looks at his account at the counter: card, PIN, a few minutes, one screen.

The look belongs to the session of the clerk or worker whose screen it is, and each page of it is written down
with both: who showed and on whose behalf. Guessing a PIN is slowed for the person, for the helper, for the
place and for the house; a wrong PIN and a card nobody has are told apart by nothing.
"""

from dataclasses import dataclass, replace

from core.base.act import Unit, act, note
from core.base.clock import DAY, HOUR, MINUTE, SECOND
from core.base.errors import Invalid, Message, NotFound
from core.base.ids import public_id
from core.base.viewer import Viewer
from core.community import throttle
from core.community.cards import holder, read_token
from core.community.communities import place
from core.community.numbers import digits_of
from core.community.pins import is_pin
from core.community.throttle import Budget, Patience

PERMISSION = "redemption.make"
GOOD_FOR = 5 * MINUTE
WRONG = Message("The card and the PIN do not belong together. Nobody is told which of them is wrong.")

_OPEN = """
insert into visit (community, public_id, volunteer, person, helper, session, by_card, opened_at, expires_at,
    act)
select v.community, :public_id, v.id, v.person, cast(:helper as bigint), cast(:session as bigint),
    cast(:by_card as bigint), cast(:now as bigint), cast(:expires as bigint), cast(:act as bigint)
from volunteer v join person p on p.id = v.person and p.disabled_at is null
where v.id = :volunteer and v.community = :community and v.status = 'active'
"""

_LOOK = """
select i.id, i.public_id, i.volunteer, i.person, i.expires_at, v.number, p.name
from visit i join volunteer v on v.id = i.volunteer and v.community = i.community and v.status = 'active'
join person p on p.id = i.person and p.disabled_at is null
where i.public_id = :visit and i.community = :community and i.helper = :helper and i.session = :session
  and i.closed_at is null and i.expires_at > :now
"""

_CLOSE = """
update visit set closed_at = :now
where public_id = :visit and community = :community and helper = :helper and session = :session
  and closed_at is null returning person
"""


@dataclass(frozen=True, slots=True)
class Visit:
    """A look that is going on; `expires_at` in ms."""

    public_id: str
    volunteer: int
    person: int
    number: str
    name: str
    expires_at: int


async def open_visit(viewer: Viewer, request_id: str, typed: str, pin: str, address: str) -> str:
    """Begins a look: `typed` is a scanned card or a number. Returns its public id.

    Raises Invalid (pin) alike for a wrong PIN, a card or number nobody has, and somebody without a PIN;
    TooMany, NotFound without the permission, Unavailable.
    """
    found = await holder(viewer, typed, PERMISSION)
    hashed, place_hash = viewer.house.vault.hash, viewer.house.vault.hash("address", address)
    whose = f"person:{found.person}" if found is not None else "typed:" + hashed("pin", digits_of(typed)[:80])
    own = [Patience(f"pin:{whose}", free=5, step=30 * SECOND, longest=HOUR, memory=2 * DAY)]
    around = [
        Budget(f"pin:helper:{viewer.person}", 30, HOUR),
        Budget(f"pin:address:{place_hash}", 60, HOUR),
        Budget("pin:all", 600, MINUTE),
    ]
    await throttle.spend(viewer.house, around, own)
    good = await is_pin(viewer.house, found.person if found is not None else None, pin)
    if found is None or not good:
        await _refused(viewer, found.person if found is not None else None)
        raise Invalid({"pin": WRONG})
    await throttle.forget(viewer.house, own, around)

    async def work(unit: Unit) -> dict[str, object]:
        visit = public_id()
        done = await unit.execute(
            _OPEN,
            public_id=visit,
            volunteer=found.id,
            community=place(unit),
            helper=unit.actor,
            session=unit.viewer.session,
            by_card=int(bool(read_token(typed))),
            now=unit.now,
            expires=unit.now + GOOD_FOR,
            act=unit.act,
        )
        if not done:
            raise NotFound
        await unit.audit("visit.open", "volunteer", found.id, on_behalf=found.person)
        return {"visit": visit}

    done = await act(viewer, "visit.open", request_id, found.id, work)
    return str(done.answer["visit"])


async def _refused(viewer: Viewer, person: int | None) -> None:
    """An audited refusal: many of one helper tell a story."""

    async def work(unit: Unit) -> None:
        await unit.audit("visit.open", "person", person, on_behalf=person, result="refused")

    await note(viewer.house, work, viewer=viewer)


async def look(viewer: Viewer, visit: str, page: str) -> tuple[Visit, Viewer]:
    """A look that goes on in the viewer's own session, and the eyes it is seen with; `page` is written down.

    Raises NotFound: over, closed, another's or none.
    """
    row = await viewer.house.db.one(
        _LOOK,
        visit=visit,
        community=viewer.community,
        helper=viewer.person,
        session=viewer.session,
        now=viewer.house.clock.now(),
    )
    if row is None:
        raise NotFound
    found = Visit(
        row["public_id"], row["volunteer"], row["person"], row["number"], row["name"], row["expires_at"]
    )

    async def work(unit: Unit) -> None:
        await unit.audit("visit.look", "volunteer", found.volunteer, on_behalf=found.person, page=page)

    await note(viewer.house, work, viewer=viewer)
    eyes = replace(
        viewer, person=found.person, volunteer=found.volunteer, grants=(), staff=False, name=found.name,
        number=found.number, session=None, stepped_up_at=None,
    )  # fmt: skip
    return found, eyes


async def close_visit(unit: Unit, visit: str) -> None:
    """Ends a look before its time. Raises NotFound: closed already, another's or none."""
    person = await unit.value(
        _CLOSE,
        visit=visit,
        community=place(unit),
        helper=unit.actor,
        session=unit.viewer.session,
        now=unit.now,
    )
    if person is None:
        raise NotFound
    await unit.audit("visit.close", "person", person, on_behalf=person)
