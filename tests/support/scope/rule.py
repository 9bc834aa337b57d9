"""The rule itself: every table of a community that a statement names is tied to a community.

A table is tied when its `community` is compared with a value handed in, with the community of a table that
is tied, or when it is joined to one by a key that carries the community (a composite foreign key of the
schema, so that the database itself sees to it). The conditions must hold for every row: what stands in a
branch of an `or` counts only if every branch has it, what stands at a left join counts for the table joined.
"""

from tests.support.scope.parts import NOTHING, ROOT, Block, Pair, Ref, Schema, Term, Told
from tests.support.scope.tie import tie
from tests.support.scope.words import EVERYWHERE, JOINS, Given, Group, Word, clauses, is_query, read, split


def marks(sql: str) -> dict[str, str]:
    """Tables the statement says it looks through everywhere, each with its reason."""
    return {
        table.strip(): found["why"].strip()
        for found in EVERYWHERE.finditer(sql)
        for table in found["tables"].split(",")
    }


def faults(sql: str, schema: Schema) -> list[str]:
    """What the statement does not tie to a community, and marks without need. Empty: none."""
    reader = _Reader(schema)
    reader.statement(read(sql))
    tie(reader.refs, schema)
    loose = {ref.table for ref in reader.refs if schema.of_a_community(ref.table) and not ref.tied}
    marked = marks(sql)
    return [
        *sorted(set(reader.wrong)),
        *(f"{table} is not tied to a community" for table in sorted(loose - set(marked))),
        *(f"{table} is marked without need" for table in sorted(set(marked) - loose)),
        *(f"{table} is marked without a reason" for table, why in marked.items() if not why),
    ]


def named(sql: str, schema: Schema) -> set[str]:
    """The tables of a community that the statement reads or writes."""
    reader = _Reader(schema)
    reader.statement(read(sql))
    return {t for t in {ref.table for ref in reader.refs} | reader.written if schema.of_a_community(t)}


class _Reader:
    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.refs: list[Ref] = []
        self.wrong: list[str] = []
        self.written: set[str] = set()  # tables rows are inserted into
        self.named: dict[str, dict[str, Term]] = {}  # `with x as (…)`

    # -- statements ------------------------------------------------------------------------------------

    def statement(self, words: list[Word]) -> None:
        if words[:2] == ["insert", "into"]:
            self._insert(words[2:])
        elif words[:1] == ["update"]:
            self._change(words[1:], "set")
        elif words[:2] == ["delete", "from"]:
            self._change(words[2:], "where")
        else:
            self.query(words, None)

    def _insert(self, words: list[Word]) -> None:
        table = str(words[0])
        self.written.add(table)
        columns = next(word for word in words if isinstance(word, Group))
        if self.schema.of_a_community(table) and ROOT not in columns:
            self.wrong.append(f"a row of {table} is written without its community")
        rest = words[words.index(columns) + 1 :]
        body, *conflict = _before_conflict(rest)
        if is_query(body):
            self.query(body, None)
        else:
            self.scan(body, Block(None))
        for part in conflict:
            self.scan(part, Block(None))

    def _change(self, words: list[Word], first: str) -> None:
        block = Block(None)
        cut = words.index(first) if first in words else len(words)
        self._sources(words[:cut], block)
        parts = clauses(words[cut:])
        self._sources(parts.get("from", []), block)
        self.scan(parts.get("set", []), block)
        self._take(block, self.condition(parts.get("where", []), block))
        self.scan(parts.get("returning", []), block)

    # -- queries ---------------------------------------------------------------------------------------

    def query(self, words: list[Word], parent: Block | None) -> tuple[dict[str, Term], Block | None]:
        """Reads a query; returns its columns that are plain ones, and its block unless it is a union."""
        if words[:1] == ["with"]:
            words = self._with(words[1:])
        parts = [p for p in split(words, "union", "except", "intersect") if p]
        parts = [p[1:] if p[0] == "all" else p for p in parts]
        read_ones = [self._select(part, parent) for part in parts]
        return read_ones[0] if len(read_ones) == 1 else ({}, None)

    def _with(self, words: list[Word]) -> list[Word]:
        words = words[1:] if words[:1] == ["recursive"] else words
        while not is_query(words):
            at = next(i for i, word in enumerate(words) if isinstance(word, Group))
            self.named[str(words[0] if words[0] != "," else words[1])] = self.query(_group(words[at]), None)[
                0
            ]
            words = words[at + 1 :]
        return words

    def _select(self, words: list[Word], parent: Block | None) -> tuple[dict[str, Term], Block]:
        block = Block(parent)
        parts = clauses(words)
        self._sources(parts.get("from", []), block)
        self._take(block, self.condition(parts.get("where", []), block))
        for clause in ("select", "group", "having", "order", "limit", "returning"):
            self.scan(parts.get(clause, []), block)
        return self._columns(parts.get("select", []), block), block

    def _columns(self, words: list[Word], block: Block) -> dict[str, Term]:
        found: dict[str, Term] = {}
        for number, part in enumerate(split(words[1:] if words[:1] == ["distinct"] else words, ",")):
            plain = part[:-2] if len(part) > 2 and part[-2] == "as" else part
            term = self.term(plain, block)
            if term is not None:
                found[str(number)] = term
                found[str(part[-1]).rpartition(".")[2]] = term
        return found

    def _sources(self, words: list[Word], block: Block) -> None:
        """The tables of a `from`, then the conditions they are joined on."""
        conditions: list[tuple[list[Word], Ref | None]] = []
        kind = ""
        at = 0
        while at < len(words):
            word = words[at]
            if isinstance(word, str) and word in JOINS:
                kind = word if word in ("left", "right", "full") else kind if word == "join" else ""
                kind = "left" if kind == "outer" else kind
                at += 1
                continue
            at, ref = self._source(words, at, block)
            if at < len(words) and words[at] == "on":
                end = next(
                    (i for i in range(at, len(words)) if isinstance(words[i], str) and words[i] in JOINS),
                    len(words),
                )
                conditions.append((words[at + 1 : end], ref if kind == "left" else None))
                at = end
            kind = ""
        for condition, left in conditions:
            told = self.condition(condition, block)
            if left is None:
                self._take(block, told)
            else:
                left.own += told.pairs
                left.tied = left.tied or left in told.nulls

    def _source(self, words: list[Word], at: int, block: Block) -> tuple[int, Ref | None]:
        """Enters the table (query, rows) at `words[at]`; returns where the next word is, and the table."""
        word = words[at]
        at += 1
        ref = None
        entered: Ref | dict[str, Term] | Given
        if isinstance(word, Group):
            # It sees nothing of its neighbours, but all that the query around sees.
            entered = self.query(word, block.parent)[0] if is_query(word) else {}
        elif isinstance(word, Given):
            entered = word
        elif word in self.named:
            entered = self.named[word]
        else:
            entered = ref = Ref(word, block)
            self.refs.append(ref)
            if at < len(words) and isinstance(words[at], Group):
                self.scan([words[at]], block)  # a function that answers with rows
                at += 1
        if at < len(words) and words[at] == "as":
            at += 1
        name = str(word)
        if at < len(words) and isinstance(words[at], str) and words[at] not in JOINS | {"on"}:
            name = str(words[at])
            at += 1
        block.names[name] = entered
        return at, ref

    # -- conditions ------------------------------------------------------------------------------------

    def _take(self, block: Block, told: Told) -> None:
        block.pairs += told.pairs
        for ref in told.nulls:
            ref.tied = True

    def condition(self, words: list[Word], block: Block) -> Told:
        """What is true of every row the condition lets through."""
        if len(words) == 1 and isinstance(words[0], Group) and not is_query(words[0]):
            return self.condition(words[0], block)
        branches = split(words, "or")
        if len(branches) > 1:
            return _in_each([self.condition(branch, block) for branch in branches])
        parts = split(words, "and")
        if len(parts) > 1:
            told = [self.condition(part, block) for part in parts]
            return Told([p for t in told for p in t.pairs], [n for t in told for n in t.nulls])
        return self._leaf(words, block)

    def _leaf(self, words: list[Word], block: Block) -> Told:
        is_there = words[-3:] == ["is", "not", "null"] and len(words) == 4 and isinstance(words[0], Group)
        if words[:1] == ["exists"] or (is_there and is_query(_group(words[0]))):
            _, inner = self.query(_group(words[0 if is_there else 1]), block)
            return Told(list(inner.pairs), []) if inner is not None else NOTHING
        if "not" not in words and "=" in words:
            at = words.index("=")
            left, right = self.term(words[:at], block), self.term(words[at + 1 :], block)
            self.scan(words, block)
            return Told([(left, right)], []) if left is not None and right is not None else NOTHING
        if "in" in words and "not" not in words:
            at = words.index("in")
            left, right = self.term(words[:at], block), self.term(words[at + 1 :], block)
            self.scan(words, block)
            return Told([(left, right)], []) if left is not None and right is not None else NOTHING
        if words[-2:] == ["is", "null"]:
            term = self.term(words[:-2], block)
            if term is not None and term.ref is not None and term.column == ROOT:
                return Told([], [term.ref])
        self.scan(words, block)
        return NOTHING

    def term(self, words: list[Word], block: Block) -> Term | None:
        """A plain column or a value handed in; None for anything else."""
        words = words[1:] if words[:1] == ["+"] else words
        if len(words) == 2 and words[0] in ("cast", "min", "max") and isinstance(words[1], Group):
            return self.term(split(words[1], "as")[0], block)
        if len(words) != 1:
            return None
        word = words[0]
        if isinstance(word, Group):
            if not is_query(word):
                return self.term(word, block)
            return self.query(word, block)[0].get("0")
        if isinstance(word, Given):
            return Term(None, word.name)
        return self._column(word, block)

    def _column(self, word: str, block: Block | None) -> Term | None:
        owner, _, column = word.rpartition(".")
        while block is not None:
            for name, entered in block.names.items():
                if owner and name != owner:
                    continue
                if isinstance(entered, Given):
                    if owner:
                        return Term(None, word)
                elif isinstance(entered, dict):
                    if owner or column in entered:
                        return entered.get(column)
                elif owner or column in self.schema.columns.get(entered.table, ()):
                    return Term(entered, column)
            block = block.parent
        return None

    def scan(self, words: list[Word], block: Block) -> None:
        """Reads the queries within, which say nothing about the rows around them."""
        for word in words:
            if isinstance(word, Group):
                if is_query(word):
                    self.query(word, block)
                else:
                    self.scan(word, block)


def _group(word: Word) -> Group:
    if not isinstance(word, Group):
        raise ValueError(f"a query was expected, not {word!r}")
    return word


def _before_conflict(words: list[Word]) -> list[list[Word]]:
    for at, word in enumerate(words[1:], 1):
        if word == "conflict" and words[at - 1] == "on":
            return [words[: at - 1], words[at + 1 :]]
    return [words]


def _in_each(branches: list[Told]) -> Told:
    """What every branch says; a branch in which a row belongs to no community says it of that table."""

    def said(pair: Pair, told: Told) -> bool:
        return pair in told.pairs or any(
            term.column == ROOT and term.ref in told.nulls for term in pair if term.ref is not None
        )

    pairs = [p for told in branches for p in told.pairs if all(said(p, other) for other in branches)]
    nulls = [n for n in branches[0].nulls if all(n in other.nulls for other in branches)]
    return Told(pairs, nulls)
