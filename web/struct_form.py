"""A form made from a struct: settings of a programme, its rules. What is not simple keeps what it holds.

What a field can be: a whole number (with its limits), a whole number or nothing, a text, several texts (one a
line), yes or no, and caps. Its label is its name in words, which the programme translates like any text of
its own (`points_per_hour` is "Points per hour").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from msgspec import inspect

from core.base.errors import N_, Invalid, Message
from core.points.caps import Caps
from web.ask import Ask
from web.forms import Form
from web.view_parts import FieldOption, FormField

LARGEST = 1_000_000_000
_LONGEST = 200
_LINES = 4000
_PREFIX = "set-"  # keeps a programme's names apart from those of every form
_CAPS = {
    "activity": N_("Most points for one activity"),
    "day": N_("Most points a day"),
    "week": N_("Most points a week"),
    "month": N_("Most points a month"),
    "quarter": N_("Most points a quarter"),
    "year": N_("Most points a year"),
}
Kind = Literal["whole", "maybe", "text", "lines", "flag", "cap"]


@dataclass(frozen=True, slots=True)
class Input:
    """One field: its path in the struct, and its limits where it is a number."""

    path: tuple[str, ...]
    kind: Kind
    least: int = 0
    most: int = LARGEST

    @property
    def name(self) -> str:
        return _PREFIX + "-".join(self.path)


def inputs_of(struct: type[Any]) -> list[Input]:
    """The fields of a struct that a form can ask for, in its order."""
    found: list[Input] = []
    for entry in _fields(struct):
        kind = entry.type
        if isinstance(kind, inspect.StructType) and kind.cls is Caps:
            found += [Input((entry.name, name), "cap") for name in _CAPS]
            continue
        made = _input(entry.name, kind)
        if made is not None:
            found.append(made)
    return found


def _fields(struct: type[Any]) -> tuple[inspect.Field, ...]:
    kind = inspect.type_info(struct)
    return kind.fields if isinstance(kind, inspect.StructType) else ()


def _input(name: str, kind: inspect.Type) -> Input | None:
    if isinstance(kind, inspect.UnionType):
        inner = [t for t in kind.types if not isinstance(t, inspect.NoneType)]
        if len(inner) == 1 and isinstance(inner[0], inspect.IntType):
            return _number(name, inner[0], "maybe")
        return None
    if isinstance(kind, inspect.IntType):
        return _number(name, kind, "whole")
    if isinstance(kind, inspect.VarTupleType):
        return Input((name,), "lines") if isinstance(kind.item_type, inspect.StrType) else None
    plain: dict[type[inspect.Type], Kind] = {inspect.StrType: "text", inspect.BoolType: "flag"}
    return Input((name,), plain[type(kind)]) if type(kind) in plain else None


def _number(name: str, kind: inspect.IntType, of: Kind) -> Input:
    least = kind.ge if kind.ge is not None else kind.gt + 1 if kind.gt is not None else 0
    most = kind.le if kind.le is not None else kind.lt - 1 if kind.lt is not None else LARGEST
    return Input((name,), of, least, most)


def form_fields(ask: Ask, inputs: list[Input], now: Any, errors: Mapping[str, str]) -> tuple[FormField, ...]:
    """The fields with what was typed, or with what the struct `now` holds."""
    held = msgspec.to_builtins(now)
    typed = ask.form.names() if ask.rule.method == "POST" else ()
    return tuple(_field(ask, one, _at(held, one.path), errors, typed=one.name in typed) for one in inputs)


def _field(ask: Ask, one: Input, held: Any, errors: Mapping[str, str], *, typed: bool) -> FormField:
    label = _CAPS[one.path[-1]] if one.kind == "cap" else one.path[-1].replace("_", " ").capitalize()
    hint = ""
    if one.kind == "whole" and one.most < LARGEST:
        hint = ask._("From %(least)s to %(most)s.", least=one.least, most=one.most)
    if one.kind in ("maybe", "cap"):
        hint = ask._("Empty for no limit.") if one.kind == "cap" else ask._("May stay empty.")
    if one.kind == "lines":
        hint = ask._("One a line.")
    value = ask.form.raw(one.name) if typed else _text(held)
    number = one.kind in ("whole", "maybe", "cap")
    kinds = {"lines": "textarea", "flag": "checkbox"}
    return FormField(
        name=one.name,
        label=ask._(label),
        kind=kinds.get(one.kind, "text"),
        value=value,
        values=("1",) if one.kind == "flag" and value == "1" else (),
        hint=hint,
        error=errors.get(one.name, ""),
        required=one.kind == "whole",
        options=(FieldOption(value="1", label=ask._("Yes")),) if one.kind == "flag" else (),
        inputmode="numeric" if number else "",
    )


def _at(held: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        held = held.get(name) if isinstance(held, Mapping) else None
    return held


def _text(held: Any) -> str:
    if isinstance(held, (list, tuple)):
        return "\n".join(str(item) for item in held)
    if isinstance(held, bool):
        return "1" if held else ""
    return "" if held is None else str(held)


def read_struct(form: Form, inputs: list[Input], now: Any) -> Any:
    """A struct like `now` with what was typed. Raises Invalid, every wrong field at once."""
    held: dict[str, Any] = msgspec.to_builtins(now)
    wrong: dict[str, Message] = {}
    for one in inputs:
        try:
            value = _typed(form, one)
        except Invalid as invalid:
            wrong.update(invalid.fields)
            continue
        place = held
        for name in one.path[:-1]:
            place = place.setdefault(name, {})
        place[one.path[-1]] = value
    if wrong:
        raise Invalid(wrong)
    try:
        return msgspec.convert(held, type(now))
    except msgspec.ValidationError as error:
        message = Message("These settings cannot be used: %(reason)s", reason=str(error))
        raise Invalid({"": message}) from error


def _typed(form: Form, one: Input) -> Any:
    if one.kind == "flag":
        return form.raw(one.name) == "1"
    if one.kind == "text":
        return form.text(one.name, most=_LONGEST, required=False)
    if one.kind == "lines":
        text = form.text(one.name, most=_LINES, required=False)
        return [line for line in (" ".join(raw.split()) for raw in text.splitlines()) if line]
    if one.kind != "whole" and not form.raw(one.name):
        return None
    return form.whole(one.name, least=one.least, most=one.most)


def hidden_of(form: Form, inputs: list[Input]) -> tuple[tuple[str, str], ...]:
    """What was typed, to be carried by the page that shows it once more."""
    return tuple((one.name, form.raw(one.name)) for one in inputs)
