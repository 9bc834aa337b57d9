"""Where ids in addresses come from: for each parameter of a route, how to find one of a community.

A new page with a new parameter belongs here: give the statement that finds the parameter's value in a
community (`:community`), or the word that is the same everywhere. The matrix then tries it as every role.
"""

import re
from dataclasses import dataclass

from core.base.database import Database
from core.community.numbers import is_number
from web.routes import Route

# A number that could be somebody's and is nobody's; anything else looks like a public id.
ABSENT = {
    "number": next(n for n in map(str, range(98_765_432, 98_765_532)) if is_number(n)),
    "grant": "987654321",
    "relation": "987654321",
}
ABSENT_ID = "0123456789AB"


@dataclass(frozen=True)
class Source:
    """`find` gives one of a community, `aside` one that another team's leader has nothing to do with."""

    find: str = ""
    aside: str = ""
    word: str = ""  # the same everywhere: no object is named


_VOLUNTEER = "select v.number from volunteer v where v.community = :community and v.status = 'active' "
_SHIFT = "select s.public_id from patrol_shift s join activity y on y.id = s.activity "
_QUIET = "join team t on t.id = y.team and t.name = '南区巡逻队' "
SOURCES = {
    "activity": Source(
        "select public_id from activity where community = :community order by id limit 1",
        "select y.public_id from activity y join team t on t.id = y.team and t.name = '南区巡逻队' "
        "where y.community = :community limit 1",
    ),
    "applications/number": Source(
        "select number from volunteer where community = :community and status = 'applied' limit 1"
    ),
    "approval": Source("select public_id from approval where community = :community order by id limit 1"),
    "area": Source("select public_id from area where community = :community order by id desc limit 1"),
    "gift": Source("select public_id from gift where community = :community order by id limit 1"),
    "grant": Source("select id from role_grant where community = :community order by id limit 1"),
    "run": Source("select public_id from import_run where community = :community limit 1"),
    "reward": Source("select public_id from reward where community = :community order by id limit 1"),
    "counter": Source("select public_id from counter where community = :community order by id limit 1"),
    "kind": Source(word="grid_head"),
    "last": Source(word="1"),
    "line": Source(
        "select t.public_id from transfer t join points_account a on a.id = t.account "
        "where t.community = :community order by t.id limit 1"
    ),
    "number": Source(
        _VOLUNTEER + "order by v.id desc limit 1",
        "select v.number from volunteer v join team_member m on m.volunteer = v.id "
        "join team t on t.id = m.team where v.community = :community and t.name = '南区巡逻队' "
        "and not exists (select 1 from team_member o where o.volunteer = v.id and o.team <> m.team) limit 1",
    ),
    "period": Source("select public_id from period where community = :community order by id limit 1"),
    "post": Source("select public_id from post where community = :community order by id limit 1"),
    "programme": Source(word="patrol"),
    "purpose": Source(word="volunteering"),
    "redemption": Source("select public_id from redemption where community = :community order by id limit 1"),
    "relation": Source("select id from relation where community = :community order by id limit 1"),
    "role": Source("select key from role where community = :community order by id limit 1"),
    "shift": Source(
        _SHIFT + "where s.community = :community order by s.id limit 1",
        _SHIFT + _QUIET + "where s.community = :community limit 1",
    ),
    "slip": Source("select public_id from slip where community = :community order by id limit 1"),
    "slug": Source(),
    "team": Source(
        "select public_id from team where community = :community order by id limit 1",
        "select public_id from team where community = :community and name = '南区巡逻队'",
    ),
    "visit": Source("select public_id from visit where community = :community order by id limit 1"),
}
_PARAMETER = re.compile(r"([a-z-]+)/\{([a-z_]+):[a-z]+\}")
HELP = (
    "{route} has a parameter {name!r} that tests/web/places.py does not know: add to SOURCES how to find one "
    "of a community, and something of the kind to tests/web/world.py if there is none yet."
)


def parameters(route: Route) -> dict[str, Source]:
    """The route's parameters but `slug`, each with its source. Raises KeyError with what to do."""
    found = {}
    for before, name in _PARAMETER.findall(route.rule.path):
        if name == "slug":
            continue
        source = SOURCES.get(f"{before}/{name}") or SOURCES.get(name)
        if source is None:
            raise KeyError(HELP.format(route=route.rule.path, name=name))
        found[name] = source
    return found


def filled(route: Route, slug: str, values: dict[str, str]) -> str:
    path = route.rule.path.replace("{slug:str}", slug)
    return re.sub(r"\{([a-z_]+):[a-z]+\}", lambda m: values[m[1]], path)


async def values_in(
    db: Database, route: Route, community: int, *, aside: bool = False
) -> dict[str, str] | None:
    """A value for each parameter, of things of this community. None where one of them has nothing aside."""
    values = {}
    for name, source in parameters(route).items():
        find = source.aside if aside else source.find
        if source.word:
            values[name] = source.word
            continue
        if aside and not find:
            return None
        found = await db.value(find, community=community)
        values[name] = absent(name) if found is None else str(found)
    return values


def absent(name: str) -> str:
    return ABSENT.get(name, ABSENT_ID)


def absent_in(route: Route) -> dict[str, str]:
    """A value for each parameter that names nothing anywhere; words stay."""
    return {name: source.word or absent(name) for name, source in parameters(route).items()}
