"""What the demo tells: a county of four communities, as found in a county town's own report."""

from typing import NamedTuple

from core.community.areas import NewArea

COUNTY, STREET = "城关县", "城关街道"
HOUSEHOLDS, RESIDENTS = 10_479, 24_868  # stated for the four communities together
PATROL = "夜间义务巡逻队"  # the team of the example file that tells the most
PASSWORD = "linli-demo"  # noqa: S105  # printed on the screen; the demo is nobody's real data
HELP_PHONE = "0571-86000001"


class Staff(NamedTuple):
    """Somebody who works in the community; signs in with the phone."""

    name: str
    phone: str
    role: str


class Place(NamedTuple):
    """One of the four communities."""

    slug: str
    name: str
    grids: int
    staff: tuple[Staff, ...]
    volunteers: tuple[str, ...]  # a small cast of its own; of the first, they are in the example file
    team: str


OPERATOR = Staff("罗海", "13800001001", "operator")
STREET_OFFICE = Staff("高敏", "13800001002", "street")

PLACES = (
    Place(
        "chengjiang",
        "城江社区",
        12,
        (
            Staff("林岚", "13800001101", "administrator"),
            Staff("陈晓梅", "13800001102", "worker"),
            Staff("孙丽", "13800001103", "clerk"),
            Staff("周明远", "13800001104", "auditor"),
        ),
        (),
        "",
    ),
    Place(
        "qunying",
        "群英社区",
        11,
        (Staff("蔡文君", "13800001201", "worker"), Staff("田亮", "13800001202", "clerk")),
        ("董玉梅", "程国栋", "丁秀珍", "邓长青", "夏荷花", "傅有田"),
        "群英巡逻队",
    ),
    Place(
        "fenghuang",
        "凤凰社区",
        11,
        (Staff("贾静", "13800001301", "worker"), Staff("雷鸣", "13800001302", "clerk")),
        ("侯桂芬", "邵建平", "孟庆华", "龙飞", "段雪莲", "钱大海"),
        "凤凰平安队",
    ),
    Place(
        "xinxing",
        "新兴社区",
        11,
        (Staff("黎红", "13800001401", "worker"), Staff("易水", "13800001402", "clerk")),
        ("常新民", "武秀兰", "乔建新", "赖春花", "文玉清", "庞德胜"),
        "新兴守望队",
    ),
)

# (name, price in points, pieces in stock, what it is, most per person and month)
REWARDS: tuple[tuple[str, int, int, str, int | None], ...] = (
    ("香皂", 15, 60, "两块装", None),
    ("保温杯", 20, 24, "500 毫升，不锈钢", 1),
    ("食用油", 38, 30, "1.8 升", 2),
    ("大米", 44, 40, "5 公斤一袋", 2),
    ("洗衣液", 26, 36, "2 公斤", None),
    ("雨伞", 30, 18, "长柄，抗风", 1),
    ("血压计", 160, 3, "上臂式，语音播报", 1),
)
COUNTER = ("社区服务台", "一楼大厅", "周一至周六 9:00–17:00")


def spread(total: int, parts: int) -> list[int]:
    """A total in so many parts that differ a little and add up to it."""
    weights = [100 + (37 * i) % 23 for i in range(parts)]
    shares = [total * w // sum(weights) for w in weights]
    shares[0] += total - sum(shares)
    return shares


def community_nodes() -> list[NewArea]:
    """The four communities with their stated figures."""
    households, residents = spread(HOUSEHOLDS, len(PLACES)), spread(RESIDENTS, len(PLACES))
    return [
        NewArea("community", place.name, h, r)
        for place, h, r in zip(PLACES, households, residents, strict=True)
    ]


def grid_nodes(place: Place, households: int, residents: int) -> list[NewArea]:
    """A community's grids with their share of the figures."""
    shares = zip(spread(households, place.grids), spread(residents, place.grids), strict=True)
    return [NewArea("grid", f"第{i}网格", h, r) for i, (h, r) in enumerate(shares, 1)]
