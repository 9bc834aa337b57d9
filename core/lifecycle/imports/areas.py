"""Areas below the community: grids, buildings, units; by path, by indentation, or a column for each level."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from core.base.act import Unit
from core.base.database import Reads
from core.base.errors import Message
from core.community.areas import NewArea, NewNode, add_forest
from core.community.entered import take_out_areas
from core.lifecycle.imports import cells as read
from core.lifecycle.imports.kind import Answers, Cells, Column, Kind, Plan, Setting
from core.lifecycle.imports.places import MOST_DEEP, MOST_NAME, Places, parts_of, places_of, plain_name

_MOST_FIGURE = 10_000_000
_MOST_KIND = 20

KINDS = {
    "县": "county", "区县": "county", "市辖区": "county", "county": "county",
    "街道": "street", "镇": "street", "乡": "street", "乡镇": "street", "street": "street",
    "社区": "community", "村": "community", "居委会": "community", "community": "community",
    "网格站": "station", "网格工作站": "station", "工作站": "station", "片区": "station", "片": "station",
    "大网格": "station", "station": "station",
    "网格": "grid", "微网格": "grid", "grid": "grid",
    "楼栋": "building", "楼幢": "building", "幢": "building", "栋": "building", "楼": "building",
    "楼宇": "building", "building": "building",
    "单元": "unit", "unit": "unit",
}  # fmt: skip
_ENDS = (
    ("网格工作站", "station"), ("工作站", "station"), ("片区", "station"), ("片", "station"),
    ("网格", "grid"), ("单元", "unit"), ("幢", "building"), ("栋", "building"), ("号楼", "building"),
    ("楼", "building"),
)  # fmt: skip
_BELOW = {"community": "grid", "station": "grid", "grid": "building", "building": "unit"}
_LEVELS = ("station", "grid", "building", "unit")
_BARE = {"station": "第%s片区", "grid": "第%s网格", "building": "%s幢", "unit": "%s单元"}  # of a mere number


def _name(text: str, _: Setting) -> str:
    return read.words(text, MOST_NAME)


def _indented(text: str, _: Setting) -> tuple[int, str]:
    """How far in a name stands, in half characters, and the name."""
    blank = text[: len(text) - len(text.lstrip())]
    width = sum(4 if c == "\t" else 2 if c == "\u3000" else 1 for c in blank)
    return width, read.words(text, MOST_NAME)


COLUMNS = (
    Column(
        "path",
        Message("Path, such as 第1网格/3幢"),
        "路径 区域路径 全称 完整名称 区域全称 path",
        lambda text, _: parts_of(text),
        empty=(),
        sample="第1网格/3幢",
    ),
    Column(
        "name",
        Message("Name of the area"),
        "名称 区域名称 区域 名字 网格名称 楼栋名称 name area",
        _indented,
        empty=(0, ""),
        raw=True,
    ),
    Column("station", Message("Grid station"), "网格站 网格工作站 工作站 片区 片 station", _name),
    Column("grid", Message("Grid"), "网格 所属网格 微网格 grid", _name),
    Column("building", Message("Building"), "楼栋 楼幢 幢 栋 楼号 幢号 building", _name),
    Column("unit", Message("Unit of a building"), "单元 unit", _name),
    Column(
        "kind",
        Message("Kind"),
        "类型 级别 层级 类别 种类 kind level type",
        lambda text, _: read.words(text, _MOST_KIND),
        sample="楼栋",
    ),
    Column(
        "households",
        Message("Households"),
        "户数 总户数 住户数 户 households",
        lambda text, _: read.whole(text, _MOST_FIGURE),
        empty=None,
        sample="48",
    ),
    Column(
        "residents",
        Message("Residents"),
        "人数 人口 居民数 总人口 常住人口 总人数 residents population",
        lambda text, _: read.whole(text, _MOST_FIGURE),
        empty=None,
        sample="126",
    ),
)


class Step(NamedTuple):
    """One area of a path, with its kind where the column says it."""

    name: str
    kind: str = ""


@dataclass(slots=True)
class AreasPlan(Plan):
    nodes: list[NewNode] = field(default_factory=list)


class Areas(Kind):
    key = "areas"
    title = Message("Areas")
    about = Message("Grids, buildings and units, with households and residents, as deep as you like.")
    columns = COLUMNS
    required = (("path", "name", *_LEVELS),)
    permissions = ("area.write",)

    def entries(self, cells: Cells, setting: Setting) -> list[tuple[Step, ...]]:
        if any(level in cells.columns for level in _LEVELS):
            steps = _by_levels(cells)
        else:
            steps = _by_indentation(cells)
        paths = cells.of("path", ())
        return [(*(Step(part) for part in path), *more) for path, more in zip(paths, steps, strict=True)]

    async def look(
        self, reads: Reads, cells: Cells, entries: Any, answers: Answers, setting: Setting
    ) -> Places:
        return await places_of(reads, setting.community)

    def plan(self, cells: Cells, entries: Any, known: Any, answers: Answers, setting: Setting) -> AreasPlan:
        plan = AreasPlan()
        tree = _Tree(cells, known)
        figures = zip(*(cells.of(k, None) for k in ("kind", "households", "residents")), strict=True)
        for row, (steps, (kind, households, residents)) in enumerate(zip(entries, figures, strict=True)):
            if row not in cells.bad:
                tree.enter(row, steps, NewArea(_kind(kind or ""), "", households, residents))
        plan.nodes = tree.nodes()
        plan.counts = {
            "rows": len(cells.table.rows),
            "areas": len(plan.nodes),
            "there": tree.there,
        }
        plan.adds = len(plan.nodes)
        plan.outline = [(n.above, n.below, n.area.name, n.area.kind) for n in plan.nodes]
        return plan

    def prepare(self, plan: Any, setting: Setting) -> None:
        return None

    async def write(self, unit: Unit, plan: Any, ready: Any) -> dict[str, Any]:
        await add_forest(unit, plan.nodes)
        return {}

    async def take_back(self, unit: Unit, act: int, wrote: Mapping[str, Any]) -> None:
        await take_out_areas(unit, act)


def _kind(text: str) -> str:
    """A kind as typed, in our word for it where there is one."""
    return KINDS.get(plain_name(text), text)


def _by_levels(cells: Cells) -> Iterator[tuple[Step, ...]]:
    """A column for each level; an empty cell above a filled one means as in the line before."""
    last: dict[str, str] = {}
    names = [name for _, name in cells.of("name", (0, ""))]
    for row, given in enumerate(zip(*(cells.of(level) for level in _LEVELS), strict=True)):
        filled = [at for at, text in enumerate(given) if text]
        deepest = filled[-1] if filled else -1
        steps: list[Step] = []
        for at, level in enumerate(_LEVELS[: deepest + 1]):
            text = _full_name(level, given[at]) if given[at] else last.get(level, "")
            if given[at] and last.get(level) != text:
                for lower in _LEVELS[at:]:
                    last.pop(lower, None)
                last[level] = text
            if text:
                steps.append(Step(text, level))
        if names[row]:
            steps.append(Step(names[row]))
        yield tuple(steps)


def _full_name(level: str, text: str) -> str:
    return _BARE[level] % text if text.isdecimal() else text


def _by_indentation(cells: Cells) -> Iterator[tuple[Step, ...]]:
    """Names further in than the one before are below it."""
    above: list[tuple[int, str]] = []
    with_path = "path" in cells.columns
    for width, name in cells.of("name", (0, "")):
        while above and (above[-1][0] >= width or with_path):
            above.pop()
        if name:
            above.append((width, name))
        yield tuple(Step(text) for _, text in above) if name else ()


@dataclass(slots=True)
class _New:
    area: NewArea
    above: int | None
    below: int
    row: int  # the line that says most about it


class _Tree:
    """The new areas, in the order their parents come."""

    def __init__(self, cells: Cells, places: Places) -> None:
        self.cells = cells
        self.places = places
        self.there = 0
        self.new: list[_New] = []
        self._children: dict[tuple[int | None, int, str], int] = {}
        self._said: dict[int, int] = {}  # place among the new ones → the row that gave its figures

    def nodes(self) -> list[NewNode]:
        return [NewNode(new.area, new.above, new.below) for new in self.new]

    def enter(self, row: int, steps: Sequence[Step], says: NewArea) -> None:
        """One row: the areas on its way that are missing, and what it says of the last."""
        steps = self._below_us(steps)
        if not steps:
            self.there += 1
            return
        if len(steps) > MOST_DEEP:
            message = Message("This is more than %(most)s levels deep.", most=MOST_DEEP)
            self.cells.fault(row, "", message, Message("Leave out levels above the community."))
            return
        above: int | None = self.places.top
        below, kind = -1, "community"
        for step in steps:
            known = self.places.below(above, step.name) if above is not None else None
            if known is not None:
                above, kind = known, self.places.nodes[known].kind
                continue
            key = (above, below, plain_name(step.name))
            if key not in self._children:
                guess = step.kind or _by_name(step.name) or _BELOW.get(kind, "other")
                self.new.append(_New(NewArea(guess, step.name), above, below, row))
                self._children[key] = len(self.new) - 1
            above, below = None, self._children[key]
            kind = self.new[below].area.kind
        if above is not None:
            self.there += 1
        else:
            self._say(row, below, says)

    def _below_us(self, steps: Sequence[Step]) -> Sequence[Step]:
        """Without the levels down to the community, which are there already."""
        own = [plain_name(name) for name in self.places.above]
        while steps and plain_name(steps[0].name) in own:
            steps = steps[1:]
        return steps

    def _say(self, row: int, place: int, says: NewArea) -> None:
        new = self.new[place]
        first = self._said.setdefault(place, row)
        figures = (says.households, says.residents)
        if first != row and figures != (new.area.households, new.area.residents):
            message = Message(
                "Line %(line)s says something else about this area.", line=self.cells.line(first)
            )
            self.cells.fault(row, "", message, Message("Delete one of the two lines."))
            return
        new.area = NewArea(says.kind or new.area.kind, new.area.name, *figures)


def _by_name(name: str) -> str:
    return next((kind for end, kind in _ENDS if name.endswith(end)), "")
