"""Which rows mean the same person: one who is known, one of an earlier line, or somebody new.

A number decides; so do a name and telephone that agree to the letter. What is only likely (two spellings that
are read alike with one telephone, a name without the telephone it has elsewhere) is asked, with a default.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from core.base.errors import Message
from core.community.names import sounds_alike
from core.lifecycle.imports.faults import Fault
from core.lifecycle.imports.kind import Answers, Cells, Proposal
from core.lifecycle.imports.register import Known, Register, alike

_RANKS = ("id_number", "phone", "name")


class Given(msgspec.Struct, frozen=True):
    """Who a row is about, as it says; hashes of telephone and ID number, '' for none."""

    row: int
    name: str
    number: str = ""
    phone: str = ""
    id_number: str = ""
    details: dict[str, str] = {}  # column → value: what two rows about one person must agree on


@dataclass(slots=True)
class Group:
    """Somebody new, and the rows about him."""

    place: int  # among the new people
    name: str
    number: str
    phone: str
    id_number: str
    rows: list[int]
    details: dict[str, str] = field(default_factory=dict)


Who = Known | Group


@dataclass(slots=True)
class Resolved:
    """Who each row is (None where the row has a fault), the new people, and what is asked."""

    who: list[Who | None]
    groups: list[Group]
    proposals: list[Proposal]


def resolve(cells: Cells, given: Sequence[Given | None], register: Register, answers: Answers) -> Resolved:
    """Tells who each row is; contradictions become faults."""
    matcher = Matcher(cells, register, answers)
    who = [matcher.find(one) if one is not None else None for one in given]
    return Resolved(who, matcher.groups, matcher.proposals)


def find_known(
    cells: Cells,
    given: Sequence[Given | None],
    register: Register,
    answers: Answers,
    columns: Mapping[str, str] | None = None,
) -> tuple[list[Known | None], list[Proposal]]:
    """Tells which volunteer each row is about; one who is not here is a fault. Each person is asked once.

    `columns` says which columns hold the name, number and phone where they are not called so.
    """
    matcher = Matcher(cells, register, answers, enter=False, columns=columns)
    seen: dict[tuple[str, str, str], tuple[Known | None, list[Fault]]] = {}
    found: list[Known | None] = []
    for one in given:
        if one is None:
            found.append(None)
            continue
        key = (one.number, one.name, one.phone)
        if key in seen:
            if seen[key][1]:
                cells.repeat(one.row, seen[key][1])
        else:
            before = len(cells.faults)
            who = matcher.find(one)
            seen[key] = (who if isinstance(who, Known) else None, cells.faults[before:])
        found.append(seen[key][0])
    return found, matcher.proposals


class _Stop(Exception):
    """The row has a fault; who it is stays open."""


class Matcher:
    """Tells of one row after the other who it is; without `enter` nobody new may be among them."""

    def __init__(
        self,
        cells: Cells,
        register: Register,
        answers: Answers,
        *,
        enter: bool = True,
        columns: Mapping[str, str] | None = None,
    ) -> None:
        self.cells = cells
        self.columns = columns or {}
        self.register = register
        self.answers = answers
        self.enter = enter
        self.groups: list[Group] = []
        self.proposals: list[Proposal] = []
        self._numbers: dict[str, Group] = {}
        self._names: defaultdict[str, list[Group]] = defaultdict(list)
        self._phones: defaultdict[str, list[Group]] = defaultdict(list)
        self._ids: defaultdict[str, list[Group]] = defaultdict(list)

    def find(self, one: Given) -> Who | None:
        try:
            who = self._by_number(one) or self._exactly(one) or self._likely(one)
            if who is None:
                return self._new(one)
            if isinstance(who, Group):
                self._join(who, one)
            elif one.number and who.number != one.number and one.number not in self.register.by_number:
                self._fault(
                    one,
                    "number",
                    Message("This person is here already, with the number %(number)s.", number=who.number),
                    Message("Write that number, or leave the cell empty."),
                )
            return who
        except _Stop:
            return None

    def _by_number(self, one: Given) -> Who | None:
        if not one.number:
            return None
        known = self.register.by_number.get(one.number)
        if known is not None:
            if one.name and not sounds_alike(known.name, one.name):
                self._fault(
                    one,
                    "name",
                    Message("This number belongs to somebody with another name."),
                    Message("Compare number and name with the register."),
                )
            return known
        if one.number in self.register.taken or not self.enter:
            self._fault(
                one,
                "number",
                Message("Nobody here has this number.")
                if not self.enter
                else Message("This number belongs to somebody else."),
                Message("Compare number and name with the register.")
                if not self.enter
                else Message("Leave the cell empty; a new number is given."),
            )
        group = self._numbers.get(one.number)
        if group is not None and not sounds_alike(group.name, one.name):
            self._fault(
                one,
                "number",
                Message("Line %(line)s gives this number to somebody else.", line=self._line(group)),
                Message("Correct the number in one of the two lines."),
            )
        return group

    def _exactly(self, one: Given) -> Who | None:
        index, key = (self.register.by_phone, one.phone) if one.phone else (self.register.by_name, one.name)
        for known in index.get(key, ()):
            if known.name == one.name and known.phone == one.phone:
                return known
        if one.id_number:
            for known in self.register.by_id_number.get(one.id_number, ()):
                if known.name == one.name:
                    return known
        for group in self._names.get(one.name, ()):
            if one.phone and group.phone == one.phone:
                return group
            if one.id_number and group.id_number == one.id_number:
                return group
        return None

    def _likely(self, one: Given) -> Who | None:
        """The one candidate there is, where the answer says that it is the same."""
        by_why = {
            "id_number": self._with_id_number(one),
            "phone": self._with_phone(one),
            "name": self._namesakes(one),
        }
        for why in _RANKS:
            found = by_why[why]
            if found:
                return self._ask(one, found[0], why, default=why != "name" or len(found) == 1)
        return None

    def _with_id_number(self, one: Given) -> list[Who]:
        if not one.id_number:
            return []
        found: list[Who] = [
            *self.register.by_id_number.get(one.id_number, ()),
            *self._ids.get(one.id_number, ()),
        ]
        if found and not any(sounds_alike(who.name, one.name) for who in found):
            self._fault(
                one,
                "id_number",
                Message("This ID number belongs to somebody with another name."),
                Message("Compare name and ID number with the card."),
            )
        return found

    def _with_phone(self, one: Given) -> list[Who]:
        if not one.phone:
            return []
        known = self.register.by_phone.get(one.phone, ())
        groups = [g for g in self._phones.get(one.phone, ()) if sounds_alike(g.name, one.name)]
        return [*alike(list(known), one.name), *(g for g in groups if _may_be(g, one))]

    def _namesakes(self, one: Given) -> list[Who]:
        """Of the same name, where one of the two has no telephone."""
        if not self.enter:
            return []
        known = [k for k in self.register.by_name.get(one.name, ()) if not (k.phone and one.phone)]
        groups = [g for g in self._names.get(one.name, ()) if not (g.phone and one.phone)]
        return [*known, *(g for g in groups if _may_be(g, one))]

    def _ask(self, one: Given, who: Who, why: str, *, default: bool) -> Who | None:
        row = self.cells.table.rows[one.row]
        key = f"{row.sheet}-{row.line}"
        answer = self.answers.get(key, default)
        known = isinstance(who, Known)
        proposal = Proposal(
            key=key,
            row=one.row,
            line=row.line,
            name=one.name,
            other_name=who.name,
            other_number=who.number if known else "",
            other_line=0 if isinstance(who, Known) else self._line(who),
            why=why,
            default=default,
            answer=answer,
            sheet=self.cells.table.sheet(row),
        )
        self.proposals.append(proposal)
        return who if answer else None

    def _new(self, one: Given) -> Group | None:
        if not self.enter:
            self._fault(
                one,
                "name",
                Message("Nobody here has this name and telephone number."),
                Message("Write the number of the volunteer, or import the people first."),
            )
        group = Group(
            len(self.groups), one.name, one.number, one.phone, one.id_number, [one.row], dict(one.details)
        )
        self.groups.append(group)
        self._names[group.name].append(group)
        self._index(group)
        return group

    def _index(self, group: Group) -> None:
        if group.number:
            self._numbers[group.number] = group
        for key, index in ((group.phone, self._phones), (group.id_number, self._ids)):
            if key and group not in index[key]:
                index[key].append(group)

    def _join(self, group: Group, one: Given) -> None:
        """Takes another row about somebody new in; what both say must agree."""
        if one.number and group.number and one.number != group.number:
            self._disagree(group, one, "number")
        for key, text in one.details.items():
            had = group.details.setdefault(key, text)
            if not had:
                group.details[key] = text
            elif text and text != had:
                self._disagree(group, one, key)
        group.number = group.number or one.number
        group.phone = group.phone or one.phone
        group.id_number = group.id_number or one.id_number
        group.rows.append(one.row)
        self._index(group)

    def _disagree(self, group: Group, one: Given, key: str) -> None:
        self._fault(
            one,
            key,
            Message("Line %(line)s says something else about the same person.", line=self._line(group)),
            Message("Correct one of the two lines, or say that they are different people."),
        )

    def _line(self, group: Group) -> int:
        return self.cells.line(group.rows[0])

    def _fault(self, one: Given, key: str, message: Message, cure: Message) -> None:
        self.cells.fault(one.row, self.columns.get(key, key), message, cure)
        raise _Stop


def _may_be(group: Group, one: Given) -> bool:
    """Whether nothing the two say is against their being one person."""
    return all(
        not (text and group.details.get(key)) or text == group.details[key]
        for key, text in one.details.items()
        if key in ("id_number", "birth_date", "sex")
    )
