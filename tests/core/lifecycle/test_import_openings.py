"""Points and hours from paper books."""

from core.points import statement
from tests.support.book import check_book
from tests.support.cast import Cast
from tests.support.lists import complaints, dry, everything, table, take, take_out, told

HEADER = "姓名,手机号,编号,积分,时长,日期,台账"


def books(cast: Cast) -> bytes:
    li, zhao, wang = cast["李阿姨"], cast["赵叔叔"], cast["王队长"]
    return table(
        HEADER,
        f'李阿姨,{li.phone},,"1,280",36.5,2025年12月31日,积分存折',
        f",,{zhao.number},,12小时30分,2025.12.31,积分存折",
        f"王队长,,{wang.number},44分,,,",
        f"王队长,,{wang.number},,2:15,2025-12-31,巡逻台账",
        "钱奶奶,13900000010,,0,,,",
    )


async def test_points_and_hours_of_books_stand_at_once_and_count_in_no_month(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    done = await take(worker, books(cast))
    assert [done.counts[k] for k in ("openings", "points", "minutes", "nothing")] == [4, 1324, 3075, 1]
    balances = []
    for name in ("李阿姨", "赵叔叔", "王队长"):
        found = await statement.balance(await cast.viewer(name), cast[name].volunteer or 0)
        balances.append((found.available, found.minutes))
    assert balances == [(1280, 2190), (0, 750), (44, 135)]
    assert await statement.months(await cast.viewer("李阿姨"), cast["李阿姨"].volunteer or 0) == []
    (line,) = await statement.lines(await cast.viewer("李阿姨"), cast["李阿姨"].volunteer or 0)
    explained = await statement.line(await cast.viewer("李阿姨"), line.public_id)
    assert (line.kind, line.amount, explained.facts["book"]) == ("opening", 1280, "积分存折")
    assert await check_book(cast.house.db) == []


async def test_the_same_book_again_adds_nothing_and_another_figure_is_refused(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    text = books(cast)
    await take(worker, text)
    before = await everything(worker)
    again = await take(worker, text)
    assert (again.act, again.counts["there"]) == (None, 4)
    assert await everything(worker) == before
    (fault,) = await complaints(worker, text.replace(b"44", b"45"))
    assert str(fault.message) == "An entry of this book stands already: 44 points, 0 minutes."
    assert await check_book(cast.house.db) == []


async def test_after_an_undo_the_corrected_book_comes_in(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    text = books(cast)
    await take(worker, text)
    await take_out(cast, worker)
    assert await check_book(cast.house.db) == []
    found = await statement.balance(await cast.viewer("李阿姨"), cast["李阿姨"].volunteer or 0)
    assert (found.available, found.minutes) == (0, 0)
    await take(worker, text.replace(b"1,280", b"1,300"))
    found = await statement.balance(await cast.viewer("李阿姨"), cast["李阿姨"].volunteer or 0)
    assert (found.available, found.minutes) == (1300, 2190)
    assert await check_book(cast.house.db) == []


async def test_every_bad_line_of_a_book_is_named(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    li = cast["李阿姨"]
    text = table(
        HEADER,
        f"李阿姨,{li.phone},,128.5,,,存折",
        f"李阿姨,{li.phone},,-5,,,存折",
        "李阿姨,,,10,,,存折",
        "没有的人,13899999999,,10,,,存折",
        f"冯阿姨,,{cast['冯阿姨'].number},10,,,存折",
        f"李阿姨,{li.phone},,10,三天,2026-11-24,存折",
        f"李阿姨,{li.phone},,10,,,存折",
        f",,{li.number},20,,,存折",
    )
    assert told(await complaints(worker, text)) == [
        (2, "积分", "“128.5” is not a whole number up to 1000000000."),
        (3, "积分", "“-5” is not a whole number up to 1000000000."),
        (4, "编号", "It does not say who is meant."),
        (5, "姓名", "Nobody here has this name and telephone number."),
        (6, "编号", "Nobody here has this number."),
        (7, "时长", "“三天” is not a length of time."),
        (7, "日期", "“2026-11-24” is still to come."),
        (9, "", "Line 8 is about the same person and the same book."),
    ]


async def test_another_spelling_of_a_known_person_is_asked_about_once(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    text = table(HEADER, *(f"里阿姨,{cast['李阿姨'].phone},,{n},,,存折{n}" for n in (10, 20)))
    plan = (await dry(worker, text)).plan
    assert [(p.line, p.other_name, p.answer) for p in plan.proposals] == [(2, "李阿姨", True)]
    assert plan.adds == 2
    refused = (await dry(worker, text, "", {plan.proposals[0].key: False})).plan
    assert [fault.line for fault in refused.faults] == [2, 3]


async def test_minutes_may_have_a_column_of_their_own(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    text = table("志愿者编号,累计时长（分钟）", f"{cast['李阿姨'].number},90")
    assert (await take(worker, text, "openings")).counts["minutes"] == 90


async def test_a_book_costs_the_same_statements_whatever_its_length(cast: Cast) -> None:
    worker = await cast.viewer("陈社工")
    counts = []
    for group, people in (("甲", 2), ("乙", 210)):
        names = [(f"王{group}{n}", f"137{people:03}{n:05}") for n in range(people)]
        await take(worker, table("姓名,手机号", *(f"{name},{phone}" for name, phone in names)))
        with cast.house.db.watch() as log:
            await take(worker, table("姓名,手机号,积分,时长", *(f"{n},{p},10,1" for n, p in names)))
        counts.append(len(log))
        with cast.house.db.watch() as log:
            await take_out(cast, worker)
        counts.append(len(log))
    assert counts[:2] == counts[2:]
    assert await check_book(cast.house.db) == []
