"""Every statement names its community: the rule on samples, and on all statements of the sources."""

import re
from pathlib import Path

import pytest

from tests.house.sources import ROOT, read
from tests.support.databases import migrated, sqlite_template
from tests.support.scope.catalogue import schema_at
from tests.support.scope.parts import Schema
from tests.support.scope.rule import faults, marks, named
from tests.support.scope.sources import statements

DECISION = ROOT / "docs" / "decisions" / "0030-every-statement-names-its-community.md"
HELP = (
    "Compare the table's community with :community, or join it to a table that is compared, by its key. "
    "Where all communities are meant, say so above the table: -- everywhere (table): why. See docs/decisions."
)


@pytest.fixture(scope="module")
def schema(run: Path) -> Schema:
    return schema_at(sqlite_template(run, "migrated", migrated) / "linli.db")


GOOD = [
    "select id from team where community = :community and id = :team",
    "select t.name from team t where +t.community = cast(:community as bigint) and t.id in ids(:teams)",
    "select p.name from person p where p.id = :person",
    "select v.number from volunteer v join team_member m on m.volunteer = v.id where m.community = :here",
    "select t.id from team t left join area a on a.id = t.area where t.community = :community",
    "select 1 from team t where t.community = :community and exists "
    "(select 1 from team_member m where m.team = t.id)",
    "select id from notice where person = :person and (community is null or community = :community)",
    "select t.id from community c join team t on t.community = c.id where c.slug = :slug",
    "select id from team where (community = :here and name = :a) or (community = :here and name = :b)",
    "update team set name = :name where community = :community and id = :team",
    "insert into team (community, public_id, name, created_at) values (:community, :p, :n, :at)",
    "select m.team from team_member m where m.community = :community and m.volunteer in "
    "(select v.id from volunteer v where v.community = :community)",
    "select x.id from team x join rows(:items; community bigint) as r on x.community = r.community",
    "select a.id -- everywhere (area): the forest is one\nfrom area a where a.id = :area",
    'SELECT "team"."id" FROM "team" WHERE "team"."community" = $1',
]
BAD = {
    "an id alone": "select name from team where id = :team",
    "a set of ids alone": "delete from team_member where id in ids(:ids)",
    "a branch without it": "select id from team where community = :community or id = :team",
    "the other table's": "select t.id from team t join volunteer v on v.id = :v where v.community = :here",
    "at a left join of another": (
        "select t.id from team t left join volunteer v on v.community = :here and t.community = :here"
    ),
    "within a subquery for the outside": (
        "select t.id, (select 1 from volunteer v where v.community = :here and v.person = t.area) from team t"
    ),
    "by a key that does not carry it": (
        "select b.id from area t join area b on b.id = t.parent where t.community = :community"
    ),
    "not equal": "select id from team where community <> :community",
    "denied": "select id from team where not community = :community",
    "a row without it": "insert into team (public_id, name, created_at) values (:p, :n, :at)",
    "one side of a union": (
        "select id from team where community = :community union all select id from team where name = :name"
    ),
    "a with": "with t as (select id from team) select id from t",
    "an update by name": "update team set name = :name where name = :old",
    "a mark of another table": "select id -- everywhere (area): no\nfrom team where id = :team",
    "a mark without need": (
        "select id -- everywhere (team): who knows\nfrom team where community = :community and id = :team"
    ),
    "a mark without a reason": "select id -- everywhere (team):\nfrom team where id = :team",
    "the query builder's": 'SELECT "team"."id" FROM "team" WHERE "team"."id" = $1',
}


@pytest.mark.parametrize("sql", GOOD)
def test_a_statement_that_names_its_community_passes(schema: Schema, sql: str) -> None:
    assert faults(sql, schema) == []


@pytest.mark.parametrize("what", BAD)
def test_a_statement_that_does_not_is_found(schema: Schema, what: str) -> None:
    assert faults(BAD[what], schema)


def test_every_statement_of_the_sources_names_its_community(schema: Schema) -> None:
    stated = statements()
    assert len(stated) > 200
    found = [f"{s.place}: {fault}" for s in stated for fault in faults(s.sql, schema)]
    assert not found, "\n".join([*found, HELP])


_COMPARED = re.compile(
    r"\+?\b(?:\w+\.)?community = (?:cast\(:\w+ as bigint\)|:\w+|\w+\.(?:community|id)\b)"
    r"|\bcommunity in ids\(:\w+\)"
    r"|\b(?:c\.)?(?:id|slug) = (?:cast\(:(?:slug|community) as \w+\)|:(?:slug|community)\b)"
)
_NOBODYS = re.compile(r"\b(?:\w+\.)?community is null")
_COLUMN = re.compile(r"(insert into \w+ \([^)]*?)\bcommunity\b,?")


def without_community(sql: str) -> str:
    """The statement as somebody would write it who forgot about communities."""
    return _COLUMN.sub(r"\1other,", _NOBODYS.sub("1 = 1", _COMPARED.sub("1 = 1", sql)))


def test_whichever_statement_forgets_its_community_is_found(schema: Schema) -> None:
    """Every statement of the sources, with all it says of a community taken out."""
    tried, missed = 0, []
    for stated in statements():
        if named(stated.sql, schema) <= set(marks(stated.sql)):
            continue
        tried += 1
        mutant = without_community(stated.sql)
        if not faults(mutant, schema):
            missed.append(f"{stated.place}: {mutant}")
    assert tried > 150
    assert missed == []


def test_whoever_looks_everywhere_is_on_the_list() -> None:
    """Each mark with its reason stands in the decision, so that the list cannot grow unseen."""
    written = {
        f"{stated.path} | {table} | {why}"
        for stated in statements()
        for table, why in marks(stated.sql).items()
    }
    listed = set(re.findall(r"^\| (core/.+?|web/.+?|plugins/.+?) \|$", read(DECISION), re.MULTILINE))
    assert {line.replace("`", "") for line in listed} == written
