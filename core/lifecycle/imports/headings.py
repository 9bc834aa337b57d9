"""What columns are called, boiled down to what is compared."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】")
_MINUTES = re.compile(r"\((?:单位[:,]?)?(分钟|分鐘|分|min|minutes?)\)")
_NOISE = re.compile(r"[\s*:·_#.、,\-/\"'“”]+")
# The characters that headings are written with, so that one list serves both scripts.
_SIMPLE = str.maketrans(
    "號機電話編務隊職積時間開結點內動參專參與誌願聯繫戶數類別級層單樓棟網責負團隊組織據來項補賬台證碼"
    "實際簽達離開總計長鐘屬稱區路徑樣經歷歲齡現餘臺",
    "号机电话编务队职积时间开结点内动参专参与志愿联系户数类别级层单楼栋网责负团队组织据来项补账台证码"
    "实际签达离开总计长钟属称区路径样经历岁龄现余台",
)

# Columns that lists have and nobody wants here: left out without a word.
_COMMON = """
序号 no 序 行号 备注 说明 签名 签字 年龄 民族 政治面貌 籍贯 学历 文化程度 特长 职业 工作单位 单位 照片
健康状况 婚姻状况 服务意向 服务类型 remark remarks note notes age
"""
COMMON = frozenset(_COMMON.split())


def heading_key(text: str) -> str:
    """手机号（11位）* is 手机号; 時長（分鐘） is 时长分钟; Volunteer Number is volunteernumber."""
    text = unicodedata.normalize("NFKC", text).lower().translate(_SIMPLE)
    unit = _MINUTES.search(text)
    minutes = unit is not None and (unit[1] != "分" or "时" in text)  # 积分(分) counts points
    text = _NOISE.sub("", _BRACKETS.sub("", text))
    return text + "分钟" if minutes and not text.endswith("分钟") else text


def known_as(columns: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Heading → column key of (key, headings separated by blanks) pairs; the first to claim a word has it."""
    found: dict[str, str] = {}
    for key, headings in columns:
        for heading in headings.split():
            found.setdefault(heading_key(heading), key)
    return found


def merged(known: Mapping[str, str], remembered: Mapping[str, str]) -> dict[str, str]:
    """What a community has called its columns before goes before what everybody calls them."""
    return {**known, **{heading_key(heading): key for heading, key in remembered.items()}}
