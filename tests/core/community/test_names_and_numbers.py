"""Names as strangers see them, and numbers that catch a slip."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.errors import Invalid
from core.community.names import clean_name, masked_name, masked_phone, search_text
from core.community.numbers import check_digit, digits_of, is_number, is_phone, new_number
from core.community.people import clean_phone

bodies = st.integers(2_000_000, 9_999_999).map(str)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("张秀英", "张*英"),
        ("欧阳文静", "欧阳*静"),
        ("歐陽娜", "歐陽*"),
        ("阿卜杜拉·买买提", "阿**·买**"),
        ("Anna Li", "A*** L***"),
        ("牛", "*"),
        ("", ""),
    ],
)
def test_names_are_masked_as_the_neighbourhood_is_used_to(name: str, masked: str) -> None:
    assert masked_name(name) == masked


def test_phones_keep_three_and_four_digits() -> None:
    assert masked_phone("13812345678") == "138****5678"
    assert masked_phone("") == "****"


@given(st.text(min_size=1, max_size=30))
def test_masking_any_text_neither_fails_nor_gives_a_longer_name_away(name: str) -> None:
    masked = masked_name(name)
    assert masked != name or "*" in name or not name.strip()


def test_a_name_is_found_by_itself_its_pinyin_and_its_initials() -> None:
    assert search_text("李秀英") == "李秀英 lixiuying lxy"
    assert search_text("Anna Li") == "anna li annali al"


@pytest.mark.parametrize("name", ["", "   ", "a" * 61, "张\u200b三", "张\x00三", "张\u202e三"])
def test_names_that_cannot_be_shown_are_refused(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_name(name)
    assert list(refused.value.fields) == ["name"]


def test_a_name_loses_stray_spaces() -> None:
    assert clean_name("  Anna \t Li ") == "Anna Li"


@given(bodies)
def test_the_right_check_digit_is_the_only_one(body: str) -> None:
    assert [d for d in "0123456789" if is_number(body + d)] == [check_digit(body)]


@given(bodies, st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_is_always_caught(body: str, place: int, shift: int) -> None:
    number = body + check_digit(body)
    wrong = str((int(number[place]) + shift) % 10)
    assert not is_number(number[:place] + wrong + number[place + 1 :])


@given(bodies, st.integers(0, 6))
def test_two_neighbours_swapped_are_always_caught(body: str, place: int) -> None:
    number = body + check_digit(body)
    a, b = number[place], number[place + 1]
    if a != b:
        assert not is_number(number[:place] + b + a + number[place + 2 :])


def test_numbers_are_never_mistaken_for_telephones() -> None:
    for _ in range(200):
        number = new_number()
        assert is_number(number)
        assert not is_phone(number)


@pytest.mark.parametrize(
    "text", ["", "1234567", "123456789", "12345674", "２３４５６７８", "x2345678", "²3456789"]
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert not is_number(text)


def test_digits_are_read_however_they_were_typed() -> None:
    assert digits_of(" ２3 4-5－6 ") == "23456"


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("138 0000 0001", "13800000001"),
        ("+86 138-0000-0001", "13800000001"),
        ("0571-86000001", "057186000001"),
        ("", ""),
    ],
)
def test_telephones_are_kept_as_digits(text: str, digits: str) -> None:
    assert clean_phone(text) == digits


@pytest.mark.parametrize("text", ["12", "2380000000", "138000000012", "abc", "138٠٠٠٠٠٠٠١"])
def test_what_is_no_telephone_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        clean_phone(text)
