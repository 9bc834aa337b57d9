"""A forgotten password, by e-mail: a code goes to the address the community has entered, to no other.

Who asks learns nothing: the same statements run whoever is meant. The address is read, and the message sent,
by the outbox afterwards. The code is that of a slip nobody printed, worked out when the message is written;
it stands neither in the database nor in the event.
"""

from typing import Any

from core.base import mail
from core.base.act import Unit, act
from core.base.clock import HOUR, MINUTE, local
from core.base.database import Row
from core.base.errors import Message, NotFound
from core.base.house import Handler, House
from core.base.i18n import DEFAULT, language_of
from core.base.ids import public_id
from core.base.outbox import Event
from core.base.viewer import Viewer
from core.community import throttle
from core.community.credentials import SHARED
from core.community.moving_code import grouped
from core.community.names import masked_name
from core.community.numbers import digits_of, is_number
from core.community.slips import code_of
from core.community.throttle import Budget, Patience

GOOD_FOR = HOUR
STILL_GOOD = 20 * MINUTE  # a code with so much of its hour left is sent again instead of another
ASKED = "password.forgot"

# Whoever the number or the telephone is, if he has an e-mail address; locked, because a twin may ask at the
# same moment. `home` is the community whose log tells of it.
_WHO = """
select p.id,
    -- everywhere (role_grant): who has forgotten his password is in no community yet
    coalesce((select min(o.community) from volunteer o where o.person = p.id and o.status = 'active'),
        (select min(g.community) from role_grant g where g.person = p.id
         and (g.to_at is null or g.to_at > :now))) as home
from person p
where p.disabled_at is null and p.erased_at is null and p.died_on is null and p.merged_into is null
  and exists (select 1 from person_secret s where s.person = p.id and s.field = 'email') and p.id in (
    -- everywhere (volunteer): numbers are unique everywhere
    select w.person from volunteer n join volunteer w on w.id = coalesce(n.merged_into, n.id)
    where n.number = :number and w.status = 'active'
    union select l.person from person_lookup l where l.kind = 'phone' and l.hash = :phone)
order by p.id limit :most for_update
"""

# (A code from before somebody rose in rank is worth nothing, so it is not sent again.)
_STILL_GOOD = """
-- everywhere (slip, role_grant): an account is one, whichever community it is of
select s.person, s.public_id from slip s
where s.person in ids(:people) and s.mailed = 1 and s.used_at is null and s.ended_at is null
  and s.expires_at >= :until
  and not exists (select 1 from role_grant g where g.person = s.person and g.from_at > s.made_at)
"""

_END = """
-- everywhere (slip): an account is one, whichever community it is of
update slip set ended_at = :now
where person in ids(:people) and mailed = 1 and used_at is null and ended_at is null
"""

_MAKE = """
insert into slip (community, public_id, person, purpose, code_hash, drops_factor, made_at, expires_at, mailed,
    act)
select r.community, r.public_id, r.person, 'reset', r.hash, 0, cast(:now as bigint), cast(:expires as bigint),
    1, cast(:act as bigint)
from rows(:items; community bigint, public_id text, person bigint, hash text) as r where true
"""

_LETTER = """
-- everywhere (slip): the event carries a slip, and its community is read here
select s.person, s.expires_at, p.name, p.locale, coalesce(c.name, '') as community,
    coalesce(c.locale, '') as spoken, coalesce(c.help_phone, '') as help_phone,
    coalesce(c.zone, 'Asia/Shanghai') as zone
from slip s join person p on p.id = s.person left join community c on c.id = s.community
where s.public_id = :slip and s.mailed = 1 and s.used_at is null and s.ended_at is null
  and s.expires_at > :now and p.disabled_at is null and p.erased_at is null and p.died_on is null
"""


async def ask_for_code(house: House, request_id: str, account: str, *, address: str) -> None:
    """Sends a code to the e-mail address of whoever has this number or telephone; says nothing about who has.

    Several who share a telephone each get their own. Raises NotFound where no mail server is named, TooMany,
    Unavailable, Conflict.
    """
    if house.settings.mail is None:
        raise NotFound
    digits = digits_of(account)[:40]
    phone, place = house.vault.hash("phone", digits), house.vault.hash("address", address)
    # From one address patience ends soon, from everywhere late, as at sign-in: a stranger keeps nobody out.
    own = [
        Patience(f"forgot:{phone}:{place}", free=3, step=MINUTE, longest=HOUR),
        Patience(f"forgot:{phone}", free=10, step=MINUTE),
    ]
    around = [Budget(f"forgot:address:{place}", 20, HOUR), Budget("forgot:all", 600, HOUR)]
    await throttle.spend(house, around, own)

    async def work(unit: Unit) -> dict[str, Any]:
        people = await unit.fetch(
            _WHO, number=digits if is_number(digits) else "", phone=phone, most=SHARED, now=unit.now
        )
        await _tell(unit, people, await _slips_of(unit, people))
        return {}

    await act(Viewer(house), "password.forgot", request_id, phone, work)


async def _slips_of(unit: Unit, people: list[Row]) -> list[str]:
    """The public ids of everybody's code, old or new. Three statements, for nobody as for several."""
    rows = await unit.fetch(_STILL_GOOD, people=[p["id"] for p in people], until=unit.now + STILL_GOOD)
    kept = {row["person"]: str(row["public_id"]) for row in rows}
    without = [p for p in people if p["id"] not in kept]
    await unit.execute(_END, people=[p["id"] for p in without], now=unit.now)
    items = []
    for person in without:
        slip = kept[person["id"]] = public_id()
        hashed = unit.house.vault.hash("slip", code_of(unit.house, slip))
        items.append({"community": person["home"], "public_id": slip, "person": person["id"], "hash": hashed})
    await unit.execute(_MAKE, items=items, now=unit.now, expires=unit.now + GOOD_FOR, act=unit.act)
    return [kept[p["id"]] for p in people]


async def _tell(unit: Unit, people: list[Row], slips: list[str]) -> None:
    """Log and events. For nobody there is a line and an event too, of a slip that is not there."""
    for person in people:
        await unit.audit("password.forgot", "person", person["id"], community=person["home"])
    if not people:
        await unit.audit("password.forgot", result="refused")
    for slip in slips or [public_id()]:
        await unit.emit(ASKED, f"slip:{slip}", slip=slip)


async def send_code(house: House, event: Event) -> None:
    """Writes the message of an event. Raises NotSent, and is asked again later by the outbox.

    A slip that is not there, used, ended or over, and a person without an address: nothing to do any more.
    """
    slip = str(event.payload["slip"])
    row = await house.db.one(_LETTER, slip=slip, now=house.clock.now())
    if row is None:
        return
    opened = await house.vault.get(house.db, [row["person"]], ["email"])
    address = opened.get(row["person"], {}).get("email", "")
    if address:
        subject, text = _letter(house, row, code_of(house, slip))
        await mail.send(house, address, subject, text)


def _letter(house: House, row: Row, code: str) -> tuple[str, str]:
    """Subject and text, in the person's language, else in his community's."""
    language = row["locale"] or language_of(row["spoken"]) or DEFAULT

    def say(message: Message) -> str:
        return str(message) if house.texts is None else str(house.texts.render(language, message))

    call = Message("Questions? Ask at the service desk of your community.")
    if row["help_phone"]:
        call = Message("Questions? Call the service desk: %(phone)s.", phone=row["help_phone"])
    name = masked_name(row["name"])
    time = local(row["expires_at"], row["zone"]).strftime("%H:%M")
    text = "\n\n".join(
        (
            say(Message("Somebody asked for a new password for the account of %(name)s.", name=name)),
            say(Message("Your code: %(code)s", code=grouped(code))),
            say(Message("It is good once, until %(time)s. Type it here and choose a password:", time=time)),
            f"{house.settings.base_url}/code?c={code}",
            say(
                Message("Was it not you? Do nothing: your password stays as it is. Give the code to nobody.")
            ),
            say(call),
        )
    )
    signed = " · ".join(word for word in (row["community"], "邻里 Linli") if word)
    return say(Message("Your code for a new password")), f"{text}\n\n{signed}\n"


HANDLER = Handler("mail.code", frozenset({ASKED}), send_code)
