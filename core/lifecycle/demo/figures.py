"""What the demo tells, as data: a county town of four communities and an estate of many buildings.

The figures are those two places report of themselves: 45 grids under 4 stations, 22 grid heads, 10,479
households, 24,868 residents, 39 teams, 251 building heads and 1,700 patrollers; and 8, 44 and 181 grids of
three levels, 2,436 households, 5,155 residents and 22 teams of five kinds. Everybody in it is invented.
"""

from typing import NamedTuple

COUNTY, STREET = "城关县", "城关街道"
HOUSEHOLDS, RESIDENTS = 10_479, 24_868  # stated for the four communities together
PATROL = "夜间义务巡逻队"  # the team of the example file that tells the most
PATROLS = "治安巡逻"  # the category of teams that walk
PASSWORD = "linli-demo"  # noqa: S105  # printed on the screen; the demo is nobody's real data
HELP_PHONE = "0571-86000001"


EVERYBODY, LISTED = 0, -1


class Staff(NamedTuple):
    """Somebody who works in the community; signs in with the phone."""

    name: str
    phone: str
    role: str


class TeamPlan(NamedTuple):
    """A team: its name, its category, how many members it draws.

    `size` EVERYBODY: whoever is a volunteer here; LISTED: those the example file lists.
    """

    name: str
    category: str
    size: int


class Level(NamedTuple):
    """One level of areas below a community: kind, how many in all, how one is called within the one above."""

    kind: str
    parts: int
    name: str


class Place(NamedTuple):
    """A community of the demo. `example` names the file whose people it has besides the invented ones."""

    slug: str
    name: str
    households: int
    residents: int
    levels: tuple[Level, ...]
    heads: int  # grid heads; one may have several grids
    volunteers: int
    teams: tuple[TeamPlan, ...]
    staff: tuple[Staff, ...]
    example: bool = False


OPERATOR = Staff("罗海", "13800001001", "operator")
STREET_OFFICE = Staff("高敏", "13800001002", "street")


def _levels(grids: int, buildings: int) -> tuple[Level, ...]:
    return (
        Level("station", 1, "网格工作站"),
        Level("grid", grids, "第{}网格"),
        Level("building", buildings, "{}号楼"),
    )


def _teams(place: str, special: str, kind: str) -> tuple[TeamPlan, ...]:
    """What every community of the county has: teams that walk, and others by trade and taste."""
    return (
        TeamPlan(f"{place}义务巡防队", PATROLS, EVERYBODY),
        TeamPlan(f"{place}法律咨询援助队", "法律服务", 9),
        TeamPlan(f"{place}社区保洁模范队", "环境卫生", 24),
        TeamPlan(f"{place}{special}", kind, 20),
        TeamPlan(f"{place}便民维修队", "便民服务", 14),
        TeamPlan(f"{place}健康义诊队", "健康服务", 11),
        TeamPlan(f"{place}邻里调解队", "矛盾调解", 12),
        TeamPlan(f"{place}文艺宣传队", "文化宣传", 26),
    )


COUNTY_PLACES = (
    Place(
        "chengjiang",
        "城江社区",
        2_846,
        6_731,
        _levels(12, 68),
        6,
        462,
        (
            TeamPlan(PATROL, PATROLS, LISTED),
            *_teams("城江", "暑期辅导队", "儿童关爱"),
            TeamPlan("四点半课堂服务队", "儿童关爱", LISTED),
            TeamPlan("银龄互助队", "邻里互助", LISTED),
        ),
        (
            Staff("林岚", "13800001101", "administrator"),
            Staff("陈晓梅", "13800001102", "worker"),
            Staff("孙丽", "13800001103", "clerk"),
            Staff("周明远", "13800001104", "auditor"),
        ),
        example=True,
    ),
    Place(
        "qunying",
        "群英社区",
        2_611,
        6_204,
        _levels(11, 62),
        5,
        424,
        (TeamPlan("群英夜间义务巡逻队", PATROLS, EVERYBODY), *_teams("群英", "就业帮扶队", "就业帮扶")),
        (Staff("蔡文君", "13800001201", "worker"), Staff("田亮", "13800001202", "clerk")),
    ),
    Place(
        "fenghuang",
        "凤凰社区",
        2_473,
        5_869,
        _levels(11, 59),
        5,
        398,
        (
            TeamPlan("凤凰夜间义务巡逻队", PATROLS, EVERYBODY),
            *_teams("凤凰", "新邻里服务队", "邻里互助"),
            TeamPlan("流动人口服务队", "流动人口", 15),
        ),
        (Staff("贾静", "13800001301", "worker"), Staff("雷鸣", "13800001302", "clerk")),
    ),
    Place(
        "xinxing",
        "新兴社区",
        2_549,
        6_064,
        _levels(11, 62),
        6,
        416,
        (TeamPlan("新兴夜间义务巡逻队", PATROLS, EVERYBODY), *_teams("新兴", "安居帮扶队", "扶贫助困")),
        (Staff("黎红", "13800001401", "worker"), Staff("易水", "13800001402", "clerk")),
    ),
)

CITY, DISTRICT, CITY_STREET = "江城市", "南湖区", "春晖街道"
_FIVE = ("政策宣传", "健康义诊", "义务巡逻", "环境治理", "扶贫助困")
_ESTATES = ("卓越", "春晖", "湖畔", "和美", "银杏")


def _estate_teams() -> tuple[TeamPlan, ...]:
    """22 teams: the five kinds in four parts of the estate, and two more that walk."""
    found = [TeamPlan(f"{part}{kind}队", kind, 16) for part in _ESTATES[:4] for kind in _FIVE]
    return (*found, TeamPlan("银杏义务巡逻队", "义务巡逻", 16), TeamPlan("红色业委会巡逻队", "义务巡逻", 16))


ESTATE = Place(
    "chunhui",
    "春晖社区",
    2_436,
    5_155,
    (Level("grid", 8, "第{}网格"), Level("building", 44, "{}号楼"), Level("unit", 181, "{}单元")),
    8,
    380,
    _estate_teams(),
    (Staff("沈静怡", "13800001501", "worker"), Staff("鲁强", "13800001502", "clerk")),
)

# (name, price in points, pieces at each delivery, what it is, most per person and month)
REWARDS: tuple[tuple[str, int, int, str, int | None], ...] = (
    ("香皂", 15, 9, "两块装", None),
    ("保温杯", 20, 4, "500 毫升，不锈钢", 1),
    ("食用油", 38, 4, "1.8 升", 2),
    ("大米", 44, 6, "5 公斤一袋", 2),
    ("洗衣液", 26, 6, "2 公斤", None),
    ("雨伞", 30, 3, "长柄，抗风", 1),
    ("血压计", 160, 1, "上臂式，语音播报", 1),
)
COUNTER = ("社区服务台", "一楼大厅", "周一至周六 9:00–17:00")

# What other teams did: by category, what an activity is called and where it is.
SERVICES: dict[str, tuple[tuple[str, str], ...]] = {
    "法律服务": (("法律咨询", "社区会议室"), ("反诈宣传", "小区广场")),
    "环境卫生": (("清洁家园", "背街小巷"), ("楼道清理", "老旧楼栋")),
    "环境治理": (("清洁家园", "小区道路"), ("垃圾分类督导", "投放点")),
    "儿童关爱": (("四点半辅导", "温馨家园"), ("留守儿童走访", "居民家中")),
    "就业帮扶": (("招聘信息讲解", "和谐家园"), ("技能培训助教", "和谐家园")),
    "邻里互助": (("陪老人看病", "社区卫生服务站"), ("代买代办", "居民家中")),
    "扶贫助困": (("慰问困难家庭", "居民家中"), ("爱心物资发放", "慈善超市")),
    "流动人口": (("居住证办理讲解", "流动人口服务站"), ("租房安全走访", "出租屋")),
    "便民服务": (("便民维修", "小区广场"), ("家电义修", "社区服务站")),
    "健康服务": (("健康义诊", "社区卫生服务站"), ("量血压", "小区广场")),
    "健康义诊": (("健康义诊", "社区卫生服务站"), ("口腔检查", "活动室")),
    "矛盾调解": (("邻里调解", "调解室"), ("入户听民意", "居民家中")),
    "文化宣传": (("文艺演出", "文化广场"), ("板报更新", "宣传栏")),
    "政策宣传": (("政策宣讲", "活动室"), ("入户发放宣传册", "居民家中")),
}


def spread(total: int, parts: int) -> list[int]:
    """A total in so many parts that differ a little and add up to it."""
    weights = [100 + (37 * i) % 23 for i in range(parts)]
    shares = [total * w // sum(weights) for w in weights]
    shares[0] += total - sum(shares)
    return shares


def even(total: int, parts: int) -> list[int]:
    """A total in so many parts that differ by one at most."""
    return [total // parts + (i < total % parts) for i in range(parts)]
