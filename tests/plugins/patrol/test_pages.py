"""The plugin's pages, as a leader without JavaScript uses them."""

import re
from typing import Any

import pytest

from core.community.teams import create_team
from core.extension import switch
from tests.plugins.patrol.conftest import BASE, Visit
from tests.support.cast import Cast


@pytest.fixture(params=["sqlite"])
def engine(request: pytest.FixtureRequest) -> str:
    """One engine: what differs between them is under the service, which is tested on both."""
    return str(request.param)


def shift_fields(cast: Cast, *names: str, **others: Any) -> dict[str, Any]:
    """Last night's shift as a browser sends it."""
    return {
        "from": "2026-11-22T20:00",
        "to": "2026-11-22T22:00",
        "who": [cast[n].number for n in names],
        "route": "沿河步道",
        "clues": "",
        "findings": "",
        "pairs": "",
        **others,
    }


async def test_a_leader_records_a_shift_and_sees_it(patrol: Cast, visit: Visit):
    leader = await visit("王队长")
    hidden = await leader.form()
    late = {f"from-{patrol['赵叔叔'].number}": "20:30"}
    fields = shift_fields(
        patrol,
        "王队长",
        "李阿姨",
        "赵叔叔",
        findings="北门路灯不亮\r\n3号楼楼道堆放纸箱",
        clues="2",
        pairs=f"王队长、{patrol['李阿姨'].number}",
        **late,
    )
    answer = await leader.record({**hidden, **fields})
    assert answer.status == 303, answer.text
    page = await leader.get(answer.location)
    assert page.status == 200
    for text in (
        "沿河步道",
        "北门路灯不亮",
        "3号楼楼道堆放纸箱",
        "王队长、李阿姨",
        "20:30–22:00",
        "+6",
        "+4",
    ):
        assert text in page.text
    listed = await leader.get(BASE + "/shifts")
    assert answer.location.partition("?")[0] in listed.text


async def test_the_form_sent_three_times_makes_one_shift(patrol: Cast, visit: Visit):
    leader = await visit("王队长")
    fields = {**await leader.form(), **shift_fields(patrol, "李阿姨", findings="灯不亮")}
    answers = [await leader.record(fields) for _ in range(3)]
    assert {a.status for a in answers} == {303}
    assert len({a.location for a in answers}) == 1
    db = patrol.house.db
    assert await db.value("select count(*) from patrol_shift") == 1
    assert await db.value("select count(*) from patrol_finding") == 1
    assert await db.value("select count(*) from attendance") == 1


async def test_the_same_form_with_other_contents_is_a_conflict(patrol: Cast, visit: Visit):
    leader = await visit("王队长")
    hidden = await leader.form()
    assert (await leader.record({**hidden, **shift_fields(patrol, "李阿姨")})).status == 303
    assert (await leader.record({**hidden, **shift_fields(patrol, "赵叔叔")})).status == 409
    assert await patrol.house.db.value("select count(*) from patrol_shift") == 1


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no route": ({"route": "  "}, "route"),
    "long route": ({"route": "很" * 101}, "route"),
    "clues in words": ({"clues": "两条"}, "clues"),
    "too many clues": ({"clues": "1001"}, "clues"),
    "too many findings": ({"findings": "\n".join("灯" for _ in range(21))}, "findings"),
    "a long finding": ({"findings": "灯" * 201}, "findings"),
    "a stranger in a pair": ({"pairs": "李阿姨 路人甲"}, "pairs"),
    "one alone": ({"pairs": "李阿姨"}, "pairs"),
    "somebody not ticked": ({"pairs": "李阿姨 赵叔叔"}, "pairs"),
    "twice in pairs": ({"pairs": "李阿姨 王队长\n李阿姨 王队长"}, "pairs"),
    "no start": ({"from": ""}, "from"),
    "nonsense as end": ({"to": "morgen"}, "to"),
    "end before start": ({"to": "2026-11-22T19:00"}, "to"),
    "the future": ({"from": "2026-11-23T20:00", "to": "2026-11-23T22:00"}, "to"),
    "nobody": ({"who": []}, "who"),
    "a stranger ticked": ({"who": ["99999999"]}, "who"),
    "control characters": ({"route": "\x00\x01"}, "route"),
}


@pytest.mark.parametrize(("change", "field"), BAD.values(), ids=BAD)
async def test_bad_input_is_told_at_the_field_and_kept(
    patrol: Cast, visit: Visit, change: dict[str, Any], field: str
):
    leader = await visit("王队长")
    hidden = await leader.form()
    fields = shift_fields(patrol, "李阿姨", "王队长", **{"findings": "北门路灯", **change})
    answer = await leader.record({**hidden, **fields})
    assert answer.status == 422, answer.text[:300]
    assert f'id="{field}-error"' in answer.text
    assert f'href="#{field}"' in answer.text
    assert re.search(rf'value="{patrol["李阿姨"].number}"[^>]* checked', answer.text) or "who" in change
    if "findings" not in change:
        assert "北门路灯" in answer.text
    assert await patrol.house.db.value("select count(*) from patrol_shift") == 0
    mended = await leader.record({**hidden, **shift_fields(patrol, "李阿姨")})
    assert mended.status == 303  # a refused form did not use up its id


async def test_a_person_who_was_elsewhere_is_named_at_his_row(patrol: Cast, visit: Visit):
    leader = await visit("王队长")
    await leader.record({**await leader.form(), **shift_fields(patrol, "李阿姨")})
    answer = await leader.record({**await leader.form(), **shift_fields(patrol, "李阿姨", "赵叔叔")})
    assert answer.status == 422
    assert f'id="who-{patrol["李阿姨"].number}-error"' in answer.text
    assert f'id="who-{patrol["赵叔叔"].number}-error"' not in answer.text


@pytest.mark.parametrize("path", ["/shifts", "/shifts/new", "/shifts/ABCDEFGHJKMN"])
@pytest.mark.parametrize("name", ["李阿姨", "孙店员", "冯阿姨", "何社工"])
async def test_who_may_not_see_patrols_finds_nothing(visit: Visit, name: str, path: str):
    assert (await (await visit(name)).get(BASE + path)).status == 404


async def test_a_foreign_shift_looks_absent(patrol: Cast, visit: Visit):
    leader = await visit("王队长")
    answer = await leader.record({**await leader.form(), **shift_fields(patrol, "李阿姨")})
    public = answer.location.rpartition("/")[2].partition("?")[0]
    there = await visit("冯阿姨")
    other = "/c/xinxing/x/patrol/shifts/"
    foreign, absent = await there.get(other + public), await there.get(other + "ABCDEFGHJKMN")
    assert foreign.status == absent.status == 404
    assert foreign.text.replace(public, "") == absent.text.replace("ABCDEFGHJKMN", "")
    assert (await there.get(f"{other}new?team={await _public(patrol, patrol.team)}")).status == 404


async def _public(cast: Cast, team: int) -> str:
    return str(await cast.house.db.value("select public_id from team where id = :id", id=team))


async def test_a_worker_picks_the_team_where_there_are_several(patrol: Cast, visit: Visit):
    await patrol.do(patrol.system(), lambda unit: create_team(unit, "日间巡逻队"))
    worker = await visit("陈社工")
    page = await worker.get(BASE + "/shifts/new")
    assert page.status == 200
    assert f"team={await _public(patrol, patrol.team)}" in page.text
    chosen = await worker.get(f"{BASE}/shifts/new?team={await _public(patrol, patrol.team)}")
    assert patrol["李阿姨"].number in chosen.text


async def test_an_auditor_looks_but_does_not_record(visit: Visit):
    auditor = await visit("周审计")
    page = await auditor.get(BASE + "/shifts")
    assert page.status == 200
    assert "/shifts/new" not in page.text
    assert (await auditor.get(BASE + "/shifts/new")).status == 404


async def test_each_page_reads_in_at_most_three_statements(patrol: Cast, visit: Visit):
    leader = await visit("王队长")
    answer = await leader.record(
        {
            **await leader.form(),
            **shift_fields(patrol, "李阿姨", "王队长", pairs="李阿姨 王队长", findings="灯"),
        }
    )
    for path in (BASE + "/shifts", BASE + "/shifts/new", answer.location):
        await leader.get(path)
        with patrol.house.db.watch() as log:
            assert (await leader.get(path)).status == 200
        assert len(log) <= 1 + 3, [s.sql for s in log]


async def test_a_volunteer_sees_his_own_patrols_and_nobody_elses(patrol: Cast, visit: Visit):
    leader, volunteer = await visit("王队长"), await visit("李阿姨")
    empty = await volunteer.get(BASE + "/mine")
    assert empty.status == 200
    assert "沿河步道" not in empty.text
    await leader.record({**await leader.form(), **shift_fields(patrol, "李阿姨", "王队长")})
    assert "+6" in (await volunteer.get(BASE + "/mine")).text
    assert "+6" not in (await leader.get(BASE + "/mine")).text  # his own waits for a second person
    assert "沿河步道" not in (await (await visit("赵叔叔")).get(BASE + "/mine")).text
    panel = await volunteer.get(BASE + "/mine", hx_request="true", hx_request_type="partial")
    assert "沿河步道" in panel.text
    assert "<html" not in panel.text
    assert BASE + "/mine" in (await volunteer.get("/c/hongqi")).text


async def test_patrols_switched_off_are_gone_and_come_back(patrol: Cast, visit: Visit):
    leader = await visit("王队长")
    await patrol.do(patrol.system(), lambda unit: switch.disable(unit, "patrol"))
    assert (await leader.get(BASE + "/shifts")).status == 404
    await patrol.do(patrol.system(), lambda unit: switch.enable(unit, "patrol"))
    assert (await leader.get(BASE + "/shifts")).status == 200


async def test_the_list_goes_on_after_twenty_shifts(patrol: Cast, visit: Visit):
    leader = await visit("王队长")
    for day in range(1, 22):
        fields = shift_fields(
            patrol, "李阿姨", **{"from": f"2026-10-{day:02d}T20:00", "to": f"2026-10-{day:02d}T20:30"}
        )
        assert (await leader.record({**await leader.form(), **fields})).status == 303
    first = await leader.get(BASE + "/shifts")
    more = re.search(r'href="([^"]*before=\d+)"', first.text)
    assert more is not None
    assert first.text.count('class="line below"') == 20
    assert (await leader.get(more[1])).text.count('class="line below"') == 1
