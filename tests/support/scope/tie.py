"""Which of a statement's tables are tied to a community, once its conditions are known."""

from tests.support.scope.parts import ROOT, Pair, Ref, Schema, Term


def tie(refs: list[Ref], schema: Schema) -> None:
    moved = True
    while moved:
        moved = False
        for ref in refs:
            if not ref.tied and _is_tied(ref, schema):
                ref.tied = moved = True


def _is_tied(ref: Ref, schema: Schema) -> bool:
    pairs = [*ref.block.facts(), *ref.own]
    wanted = "id" if ref.table == ROOT else ROOT
    for term in {t for pair in pairs for t in pair if t.ref is ref}:
        alike = _equal_to(term, pairs)
        names_it = term.column == wanted or (ref.table == ROOT and term.column == "slug")
        if names_it and any(other.ref is None or _names_community(other) for other in alike):
            return True
        leads = _leads(ref.table, term.column, schema)
        if leads and any(
            o.ref is not None
            and o.ref is not ref
            and o.ref.tied
            and _leads(o.ref.table, o.column, schema) == leads
            for o in alike
        ):
            return True
    return False


def _names_community(term: Term) -> bool:
    ref = term.ref
    return ref is not None and ref.tied and term.column == ("id" if ref.table == ROOT else ROOT)


def _leads(table: str, column: str, schema: Schema) -> str:
    """The table whose id the column holds, by keys that carry the community; '' for none."""
    if column == "id" and schema.of_a_community(table):
        return table
    return schema.carries.get((table, column), "")


def _equal_to(term: Term, pairs: list[Pair]) -> set[Term]:
    found = {term}
    grown = True
    while grown:
        grown = False
        for one, other in pairs:
            if (one in found) != (other in found):
                found |= {one, other}
                grown = True
    return found - {term}
