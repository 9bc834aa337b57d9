"""A form made from a struct: what a programme's settings and rules can hold, shown and read back."""

from typing import Annotated, Any

import msgspec
import pytest

from core.base.errors import Invalid
from core.points.caps import Caps
from web.forms import Form, read
from web.struct_form import inputs_of, read_struct


class Inner(msgspec.Struct, frozen=True):
    deep: int = 7


class Everything(msgspec.Struct, frozen=True, kw_only=True):
    """One field of every kind, and one no form can ask for."""

    points_per_hour: Annotated[int, msgspec.Meta(ge=1, le=9)] = 3
    above_zero: Annotated[int, msgspec.Meta(gt=0, lt=10)] = 1
    months: int | None = None
    title: str = "old"
    routes: tuple[str, ...] = ("a",)
    strict: bool = True
    caps: Caps = Caps(day=20)
    inner: Inner = Inner()
    weights: dict[str, int] = msgspec.field(default_factory=dict)


INPUTS = inputs_of(Everything)


def typed(**fields: str) -> Form:
    """A whole form; `caps_day` stands for the field `set-caps-day`."""
    whole = {
        "set-points_per_hour": "3", "set-above_zero": "1", "set-months": "", "set-title": "old",
        "set-routes": "a", "set-strict": "1", "set-caps-day": "20",
    }  # fmt: skip
    for name, value in fields.items():
        key = name.replace("caps_", "caps-")
        whole["set-" + key] = value
    return Form({name: [value] for name, value in whole.items()})


def test_every_simple_field_is_asked_for_and_nothing_else() -> None:
    assert [(one.name, one.kind) for one in INPUTS] == [
        ("set-points_per_hour", "whole"), ("set-above_zero", "whole"), ("set-months", "maybe"),
        ("set-title", "text"), ("set-routes", "lines"), ("set-strict", "flag"), ("set-caps-activity", "cap"),
        ("set-caps-day", "cap"), ("set-caps-week", "cap"), ("set-caps-month", "cap"),
        ("set-caps-quarter", "cap"), ("set-caps-year", "cap"),
    ]  # fmt: skip
    limits = {one.name: (one.least, one.most) for one in INPUTS}
    assert limits["set-points_per_hour"] == (1, 9)
    assert limits["set-above_zero"] == (1, 9)


def test_what_was_typed_is_read_and_the_rest_stays() -> None:
    now = Everything(inner=Inner(9), weights={"y": 2})
    form = typed(
        points_per_hour="9", months="6", title="new", routes=" b \n\nc  d\n", caps_day="", caps_week="5"
    )
    assert read_struct(form, INPUTS, now) == Everything(
        points_per_hour=9,
        months=6,
        title="new",
        routes=("b", "c d"),
        caps=Caps(week=5),
        inner=Inner(9),
        weights={"y": 2},
    )


def test_a_box_without_a_tick_is_no() -> None:
    fields = dict(typed()._fields)
    del fields["set-strict"]
    assert read_struct(Form(fields), INPUTS, Everything()).strict is False


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"points_per_hour": "10"}, {"set-points_per_hour"}),
        ({"points_per_hour": ""}, {"set-points_per_hour"}),
        ({"above_zero": "0", "months": "x"}, {"set-above_zero", "set-months"}),
        ({"title": "x" * 201}, {"set-title"}),
        ({"caps_day": "-1", "caps_year": "1.5"}, {"set-caps-day", "set-caps-year"}),
        ({"routes": "x" * 4001}, {"set-routes"}),
    ],
)
def test_everything_that_is_wrong_is_said_at_once(fields: dict[str, Any], wrong: set[str]) -> None:
    with pytest.raises(Invalid) as refused:
        read_struct(typed(**fields), INPUTS, Everything())
    assert set(refused.value.fields) == wrong


def test_what_the_struct_itself_refuses_is_said_of_the_whole() -> None:
    class Picky(msgspec.Struct):
        name: Annotated[str, msgspec.Meta(max_length=3)] = ""

    with pytest.raises(Invalid) as refused:
        read_struct(read(b"set-name=abcd"), inputs_of(Picky), Picky())
    assert set(refused.value.fields) == {""}
