"""Three languages, whole: nothing missing, nothing fuzzy, every placeholder where it belongs."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from core.base.errors import Message
from core.base.i18n import LANGUAGES, Texts, accepted, language_of, negotiate
from web import format as written
from web.locale_tool import catalogues, collect

PLACEHOLDER = re.compile(r"%\([a-z_]+\)s|%%")
FOLDER = {"zh-Hans": "zh_Hans", "zh-Hant": "zh_Hant", "en": "en"}
ALL = [(name, folder, sources) for name, folder, sources in catalogues()]


def strings(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())  # type: ignore[call-overload]  # babel's


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "folder", "sources"), ALL, ids=[name for name, _, _ in ALL])
def test_every_text_of_the_sources_is_there(
    name: str, folder: Path, sources: list[Path], language: str
) -> None:
    with (folder / FOLDER[language] / "LC_MESSAGES" / f"{name}.po").open("rb") as file:
        there = {(m.context, strings(m.id)[0]): m for m in read_po(file) if m.id and m.string and not m.fuzzy}
    wanted = [(m.context, strings(m.id)[0]) for m in collect(sources) if m.id]
    assert wanted
    missing = [text for text in wanted if text not in there or not all(strings(there[text].string))]
    assert not missing, "run `make locale` and translate"
    for message in there.values():
        ids = set(PLACEHOLDER.findall(strings(message.id)[-1]))
        for text in strings(message.string):
            assert set(PLACEHOLDER.findall(text)) == ids, text


def test_chinese_is_chinese_and_traditional_is_traditional() -> None:
    texts = Texts(ALL[0][1])
    assert texts.gettext("zh-Hans", "Please sign in first.") == "请先登录。"
    assert texts.gettext("zh-Hant", "Please sign in first.") == "請先登入。"
    assert texts.gettext("en", "Please sign in first.") == "Please sign in first."


def _po(folder: Path, name: str, body: str) -> Path:
    path = folder / "zh_Hans" / "LC_MESSAGES" / f"{name}.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    path.write_text(head + '"Plural-Forms: nplurals=1; plural=0;\\n"\n' + body, encoding="utf-8")
    return folder


def test_a_plugin_adds_words_and_cannot_change_the_cores(tmp_path: Path) -> None:
    core = _po(tmp_path / "core", "linli", '\nmsgid "Points"\nmsgstr "积分"\n')
    plugin = _po(tmp_path / "p", "p", '\nmsgid "Points"\nmsgstr "改了"\n\nmsgid "Shift"\nmsgstr "班次"\n')
    texts = Texts(core, [("p", plugin)])
    assert texts.gettext("zh-Hans", "Points") == "积分"
    assert texts.gettext("zh-Hans", "Shift") == "班次"


def test_a_plugins_broken_catalogue_costs_its_own_words_only(tmp_path: Path) -> None:
    core = _po(tmp_path / "core", "linli", '\nmsgid "Points"\nmsgstr "积分"\n')
    broken = tmp_path / "b" / "zh_Hans" / "LC_MESSAGES"
    broken.mkdir(parents=True)
    (broken / "b.po").write_bytes(b'msgid "x"\nmsgstr "\xff\xfe')
    assert Texts(core, [("b", tmp_path / "b")]).gettext("zh-Hans", "Points") == "积分"


def test_plurals_follow_the_language(tmp_path: Path) -> None:
    plural = '\nmsgid "%(n)s day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "%(n)s 天"\n'
    texts = Texts(_po(tmp_path, "linli", plural))
    assert texts.catalogue("zh-Hans").ngettext("%(n)s day", "%(n)s days", 5) == "%(n)s 天"
    assert texts.catalogue("zh-Hans").ngettext("%(n)s day", "%(n)s days", 1) == "%(n)s 天"
    assert texts.catalogue("en").ngettext("%(n)s day", "%(n)s days", 1) == "%(n)s day"


def test_a_translation_with_a_wrong_placeholder_falls_back_and_never_fails(tmp_path: Path) -> None:
    texts = Texts(_po(tmp_path, "linli", '\nmsgid "%(a)s points"\nmsgstr "%(b)s 分 %"\n'))
    assert texts.render("zh-Hans", Message("%(a)s points", a=3)) == "3 points"
    assert texts.render("en", Message("%(a)s points")) == "%(a)s points"
    nested = Message("%(a)s points", a=Message("Shift"))
    assert texts.render("en", nested) == "Shift points"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh-TW, en", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-Hans-HK", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("en-GB,zh;q=0.5", "en"),
        ("fr,en;q=0.1", "en"),
        ("en;q=0,zh;q=0.1", "zh-Hans"),
        ("fr", ""),
        ("", ""),
        ("zh;q=x", ""),
    ],
)
def test_the_browsers_wish_is_understood(header: str, language: str) -> None:
    assert accepted(header) == language


def test_the_person_decides_before_cookie_browser_and_community() -> None:
    assert negotiate("en", "zh-Hant", "zh-CN", "zh-Hans") == "en"
    assert negotiate("", "zh-Hant", "en", "en") == "zh-Hant"
    assert negotiate("", "xx", "en", "zh-Hans") == "en"
    assert negotiate("", "", "", "zh-Hant") == "zh-Hant"
    assert negotiate("", "", "fr", "") == "zh-Hans"


@given(st.text(max_size=200))
def test_any_header_gives_a_language_or_none(text: str) -> None:
    assert accepted(text) in ("", *LANGUAGES)
    assert language_of(text) in ("", *LANGUAGES)


HOUR = 3_600_000
DAY = 24 * HOUR
NOON = 1_795_406_400_000  # 2026-11-23 12:00 in Shanghai, Monday


@pytest.mark.parametrize(
    ("at", "hans", "english"),
    [
        (NOON - HOUR, "今天 11:00", "today 11:00"),
        (NOON - DAY, "昨天 12:00", "yesterday 12:00"),
        (NOON - 20 * DAY, "11月3日 12:00", "Nov 3 12:00"),
        (NOON - 400 * DAY, "2025年10月19日", "Oct 19, 2025"),
        (NOON - 12 * HOUR - 5 * DAY, "11月18日", "Nov 18"),
    ],
)
def test_moments_are_written_as_people_say_them(at: int, hans: str, english: str) -> None:
    assert written.short(at, NOON, "Asia/Shanghai", "zh-Hans") == hans
    assert written.short(at, NOON, "Asia/Shanghai", "en") == english


def test_a_whole_day_is_told_without_its_midnights() -> None:
    midnight = NOON - 12 * HOUR
    told = written.span(midnight, midnight + 24 * HOUR, "Asia/Shanghai", "zh-Hans")
    assert told == "2026年11月23日 周一"


def test_spans_and_durations() -> None:
    assert (
        written.span(NOON, NOON + 2 * HOUR, "Asia/Shanghai", "zh-Hans") == "2026年11月23日 周一 12:00–14:00"
    )
    late = NOON + 10 * HOUR
    assert written.span(late, late + 4 * HOUR, "Asia/Shanghai", "zh-Hant").endswith("週一 22:00–次日02:00")
    assert written.duration(150, "zh-Hans") == "2 小时 30 分"
    assert written.duration(120, "zh-Hant") == "2 小時"
    assert written.duration(0, "en") == "0 min"
    assert written.month("2026-01", "zh-Hans") == "2026年1月"
