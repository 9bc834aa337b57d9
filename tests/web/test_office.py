"""Small things the office's pages share: addresses with filters, months, days, figures, lists as files."""

import pytest

from core.base.errors import Invalid
from core.community.figures import NONE, Figures
from web.forms import Form
from web.pages.office import address, counted, day_typed, is_month, month_before, number, whole_or_none


def test_an_address_keeps_its_filters_and_drops_empty_ones() -> None:
    assert address("/x", q="张 三", team="", as_="csv") == "/x?q=%E5%BC%A0+%E4%B8%89&as=csv"
    assert address("/x", q="") == "/x"


@pytest.mark.parametrize(
    ("month", "back", "before"),
    [
        ("2026-11", 1, "2026-10"), ("2026-01", 1, "2025-12"), ("2026-11", 23, "2024-12"),
        ("2026-12", -1, "2027-01"),
    ],
)  # fmt: skip
def test_months_go_back_and_on_over_the_year(month: str, back: int, before: str) -> None:
    assert month_before(month, back) == before


@pytest.mark.parametrize(
    "text", ["", "2026-13", "2026-00", "26-01", "2026-1", "1999-01", "２０２６-01", "2026-01\n"]
)
def test_what_is_no_month_is_told(text: str) -> None:
    assert not is_month(text)
    assert is_month("2026-11")


@pytest.mark.parametrize("text", ["2026-02-30", "2026-2-3", "x", "0001-01-01", "9999-12-31", "2026-11-30T"])
def test_what_is_no_day_is_said_at_its_field(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        day_typed(Form({"day": [text]}), "day")
    assert list(refused.value.fields) == ["day"]
    assert day_typed(Form({"day": ["2028-02-29"]}), "day") == "2028-02-29"
    assert day_typed(Form({}), "day") == ""


def test_a_number_may_be_left_out() -> None:
    assert whole_or_none(Form({"n": [""]}), "n") is None
    assert whole_or_none(Form({"n": ["１２"]}), "n") == 12
    with pytest.raises(Invalid):
        whole_or_none(Form({"n": ["x"]}), "n")


def test_what_is_not_counted_yet_is_not_nothing() -> None:
    assert counted(NONE, "volunteers") == "—"
    assert counted(Figures({}, 5), "volunteers") == "0"
    assert counted(Figures({"volunteers": 1700}, 5), "volunteers") == "1,700"
    assert (number(None), number(0)) == ("—", "0")
