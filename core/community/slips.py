"""Printed slips: how somebody comes to a password who has none, or has forgotten it.

A worker prints a slip with a code; its person types number, code and a password of his own. The code is
worked out from the slip's public id (so that the page shows it again while the paper is stuck in the printer)
and only a keyed hash is kept. It is good once, for its person, until it ends, is taken back or another takes
its place.
"""

from dataclasses import dataclass

from core.base.act import Unit, act
from core.base.clock import DAY, HOUR, MINUTE
from core.base.database import Reads, Row
from core.base.errors import Invalid, Message, NotFound, Refused
from core.base.house import House
from core.base.ids import public_id
from core.base.viewer import Viewer
from core.community import throttle
from core.community.communities import place
from core.community.credentials import Prepared, keep_password
from core.community.moving_code import read_code
from core.community.notices import notify
from core.community.numbers import digits_of, is_number
from core.community.rank import require_above
from core.community.second_factor import drop_factor
from core.community.sessions import require_stepped_up
from core.community.throttle import Budget, Patience

PERMISSION = "volunteer.write"
LENGTH = 10
GOOD_FOR = {"invite": 14 * DAY, "reset": 24 * HOUR}
WRONG = Message("The number or the code is not right, or the code is not good any more.")
SHUT = Message("This account is shut. Open it again first.")
MADE = Message("The service desk printed a slip for you to choose a new password. Was it not you? Call us.")
USED = Message("A new password was chosen with a slip of the service desk. Was it not you? Call us.")
USED_MAILED = Message("A new password was chosen with a code sent by e-mail. Was it not you? Call us.")

# Somebody of this community, by number, telephone or public id: as a volunteer or by a role. (For an operator
# also those whose role is above the communities.)
_HERE = """
select p.id, p.public_id, p.name, coalesce(v.number, '') as number, v.id as volunteer,
    c.changed_at as password_at, f.since_at as factor_at, i.changed_at as pin_at, k.public_id as card,
    p.disabled_at as shut_at
from person p
left join volunteer v on v.person = p.id and v.community = :community and v.status = 'active'
left join credential c on c.person = p.id left join second_factor f on f.person = p.id
-- everywhere (pin): one's PIN is one's own, wherever it was set
left join pin i on i.person = p.id
left join card k on k.volunteer = v.id and k.community = v.community and k.ended_at is null
    and k.number = v.number
where p.merged_into is null and p.erased_at is null and p.died_on is null and p.id in (
    select w.person from volunteer n
    join volunteer w on w.id = coalesce(n.merged_into, n.id) and w.community = n.community
    where n.number = :number and n.community = :community
    union select l.person from person_lookup l where l.kind = 'phone' and l.hash = :phone
    union select q.id from person q where q.public_id = :shown)
and (v.id is not null or exists (
    -- an operator helps those above the communities too
    select 1 from role_grant g where g.person = p.id and (g.to_at is null or g.to_at > :now)
    and (g.community = :community or (:anywhere = 1 and g.community is null))))
order by p.id limit 10
"""

_LOCK = "select id from person where public_id = :shown for_update"

_VOID = """
-- everywhere (slip): an account is one, whichever community printed the slip
update slip set ended_at = :now where person = :person and used_at is null and ended_at is null
"""

_MAKE = """
insert into slip (community, public_id, person, purpose, code_hash, drops_factor, made_by, made_at,
    expires_at, act)
values (:community, :public_id, :person, :purpose, :hash, :drops, cast(:by as bigint), :now, :expires, :act)
"""

_REVOKE = """
update slip set ended_at = :now
where public_id = :slip and community = :community and used_at is null and ended_at is null
returning person
"""

_OPEN = """
select s.public_id, s.purpose, s.mailed, s.made_by, s.made_at, s.expires_at, p.public_id as person, p.name,
    coalesce(v.number, '') as number, m.name as maker
from slip s join person p on p.id = s.person left join person m on m.id = s.made_by
left join volunteer v on v.community = s.community and v.person = s.person
where s.community = :community and s.used_at is null and s.ended_at is null and s.expires_at > :now
  and (:slip = '' or s.public_id = :slip)
order by s.id desc limit 100
"""

# Whoever made the slip must still be somebody, and its person must not have risen since: else a slip kept
# back would open an administrator's account.
_USE = """
-- everywhere (slip): who types a code is in no community yet
-- everywhere (volunteer): numbers are unique everywhere
-- everywhere (role_grant): a role anywhere
update slip set used_at = :now
where code_hash = :hash and used_at is null and ended_at is null and expires_at > :now
  and person in (
    select w.person from volunteer n join volunteer w on w.id = coalesce(n.merged_into, n.id)
    where n.number = :number and w.status = 'active'
    union select l.person from person_lookup l where l.kind = 'phone' and l.hash = :phone)
  and exists (select 1 from person p where p.id = slip.person and p.disabled_at is null
              and p.erased_at is null)
  and (made_by is null or exists (select 1 from person m where m.id = slip.made_by and m.disabled_at is null))
  and not exists (select 1 from role_grant g where g.person = slip.person and g.from_at > slip.made_at)
returning person, community, drops_factor, mailed
"""


@dataclass(frozen=True, slots=True)
class Access:
    """Somebody here, and by what ways he comes in. `number` is '' for staff who are no volunteers."""

    person: int
    public_id: str
    name: str
    number: str
    volunteer: int | None
    has_password: bool
    has_factor: bool
    has_pin: bool
    has_card: bool
    shut_at: int | None = None  # since when nobody is let in here (ms)

    @property
    def purpose(self) -> str:
        return "reset" if self.has_password else "invite"


@dataclass(frozen=True, slots=True)
class Slip:
    """An open slip; `maker` is who printed it ('' for the command line or by e-mail), times in ms."""

    public_id: str
    purpose: str
    person: str  # his public id
    name: str
    number: str
    maker: str
    mine: bool
    made_at: int
    expires_at: int
    mailed: bool = False  # nobody printed it: its person asked for it


@dataclass(frozen=True, slots=True)
class Used:
    """Whose password was chosen with a slip, and whether his app is asked for as well."""

    person: int
    has_factor: bool
    replayed: bool


def require(viewer: Viewer) -> None:
    """Raises NotFound for everybody but those who look after all people here, and operators."""
    if not viewer.may("operator"):
        viewer.require(PERMISSION)


def code_of(house: House, slip: str) -> str:
    """The code of a slip, by its public id."""
    return house.vault.code("slip", slip, length=LENGTH)


async def people_of(viewer: Viewer, typed: str) -> list[Access]:
    """Those of this community a number or telephone leads to; several share a telephone. One statement.

    Raises NotFound for whoever may not help them.
    """
    require(viewer)
    digits = digits_of(typed)[:40]
    rows = await viewer.house.db.fetch(
        _HERE,
        community=viewer.community,
        number=digits if is_number(digits) else "",
        phone=viewer.house.vault.hash("phone", digits),
        shown="",
        anywhere=int(viewer.may("operator")),
        now=viewer.house.clock.now(),
    )
    return [_access(row) for row in rows]


async def person_of(reads: Reads, viewer: Viewer, shown: str) -> Access:
    """Somebody of this community by his public id. One statement. Raises NotFound."""
    require(viewer)
    row = await reads.one(
        _HERE,
        community=viewer.community,
        number="",
        phone="",
        shown=shown,
        anywhere=int(viewer.may("operator")),
        now=viewer.house.clock.now(),
    )
    if row is None:
        raise NotFound
    return _access(row)


def _access(row: Row) -> Access:
    return Access(
        person=row["id"],
        public_id=row["public_id"],
        name=row["name"],
        number=row["number"],
        volunteer=row["volunteer"],
        has_password=row["password_at"] is not None,
        has_factor=row["factor_at"] is not None,
        has_pin=row["pin_at"] is not None,
        has_card=row["card"] is not None,
        shut_at=row["shut_at"],
    )


async def make_slip(unit: Unit, shown: str, *, drops_factor: bool = False) -> str:
    """Makes a slip for somebody of this community (his public id); returns the slip's. His earlier ones end.

    It is an invitation for who has no password yet, else a reset. `drops_factor`: his lost app's codes are no
    longer asked for. Raises NotFound, NotProved, Refused for oneself, for who has more rights and for a shut
    account.
    """
    require(unit.viewer)
    require_stepped_up(unit.viewer)
    await unit.fetch(_LOCK, shown=shown)
    who = await person_of(unit, unit.viewer, shown)
    await require_above(unit, who.person)
    if who.shut_at is not None:
        raise Refused(SHUT)
    person, purpose, slip = who.person, who.purpose, public_id()
    await void_slips(unit, person)
    await unit.execute(
        _MAKE,
        community=unit.community,
        public_id=slip,
        person=person,
        purpose=purpose,
        hash=unit.house.vault.hash("slip", code_of(unit.house, slip)),
        drops=int(drops_factor),
        by=unit.actor,
        now=unit.now,
        expires=unit.now + GOOD_FOR[purpose],
        act=unit.act,
    )
    if purpose == "reset":
        await notify(unit, [person], "slip.made", MADE)
    await unit.audit("slip.make", "person", person, purpose=purpose, drops_factor=drops_factor)
    return slip


async def void_slips(unit: Unit, person: int) -> None:
    """Ends all open slips of a person; for verbs that have checked the scope themselves."""
    await unit.execute(_VOID, person=person, now=unit.now)


async def revoke_slip(unit: Unit, slip: str) -> None:
    """Takes an open slip of this community back. Raises NotFound."""
    require(unit.viewer)
    person = await unit.value(_REVOKE, slip=slip, community=place(unit), now=unit.now)
    if person is None:
        raise NotFound
    await unit.audit("slip.revoke", "person", person)


async def open_slips(viewer: Viewer, slip: str = "") -> list[Slip]:
    """The slips of this community that are still good, the newest first; or that one. One statement."""
    require(viewer)
    rows = await viewer.house.db.fetch(
        _OPEN, community=viewer.community, slip=slip, now=viewer.house.clock.now()
    )
    return [
        Slip(
            public_id=r["public_id"],
            purpose=r["purpose"],
            person=r["person"],
            name=r["name"],
            number=r["number"],
            maker=r["maker"] or "",
            mine=r["made_by"] == viewer.person,
            made_at=r["made_at"],
            expires_at=r["expires_at"],
            mailed=bool(r["mailed"]),
        )
        for r in rows
    ]


async def paper(viewer: Viewer, slip: str) -> tuple[Slip, str]:
    """A slip and its code, to print. Its maker's only, while it is good. Raises NotFound, NotProved."""
    found = await open_slips(viewer, slip) if slip else []
    if not found or not found[0].mine:
        raise NotFound
    require_stepped_up(viewer)
    return found[0], code_of(viewer.house, slip)


async def use_slip(
    house: House, request_id: str, account: str, code: str, *, password: Prepared, address: str
) -> Used:
    """Somebody chooses a password with the code of his slip; his sessions end.

    Wrong, used, ended and somebody else's look alike: Invalid ('') after the same statements. Raises TooMany,
    Unavailable, Conflict.
    """
    digits = digits_of(account)[:40]
    phone, place_hash = house.vault.hash("phone", digits), house.vault.hash("address", address)
    own = [Patience(f"slip:{phone}:{place_hash}")]
    around = [Budget(f"slip:address:{place_hash}", 60, 15 * MINUTE), Budget("slip:all", 600, MINUTE)]
    await throttle.spend(house, around, own)
    hashed = house.vault.hash("slip", read_code(code))

    async def work(unit: Unit) -> dict[str, object]:
        row = await unit.one(
            _USE, hash=hashed, number=digits if is_number(digits) else "", phone=phone, now=unit.now
        )
        if row is None:
            raise Invalid({"": WRONG})
        person = row["person"]
        if row["drops_factor"]:
            await drop_factor(unit, person)
        await keep_password(unit, person, password)
        await notify(unit, [person], "slip.used", USED_MAILED if row["mailed"] else USED)
        await unit.audit("slip.use", "person", person, community=row["community"], mailed=row["mailed"])
        factor = await unit.value("select 1 from second_factor where person = :person", person=person)
        return {"person": person, "factor": factor is not None}

    # Nobody acts: on a telephone two share, whoever is signed in is not the one who types.
    done = await act(Viewer(house), "slip.use", request_id, [digits, hashed], work)
    await throttle.forget(house, own, around)
    return Used(int(done.answer["person"]), bool(done.answer["factor"]), done.replayed)
