"""Names: how they are found and how they are masked."""

import unicodedata
from functools import cache
from typing import Any

from core.base.errors import Invalid, Message

LONGEST = 60

# Compound surnames that are still borne, in both scripts.
_SURNAMES = """
欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 司徒 东方 東方 独孤 獨孤 南宫 南宮 夏侯 令狐 皇甫 尉迟 尉遲 公孙 公孫
慕容 长孙 長孫 宇文 司空 轩辕 軒轅 端木 呼延 申屠 太史 万俟 公羊 赫连 赫連 澹台 澹臺 濮阳 濮陽 淳于
单于 單于 钟离 鍾離 闾丘 閭丘 东郭 東郭 西门 西門 拓跋 百里 第五
"""
_COMPOUND = frozenset(_SURNAMES.split())
_DOTS = "·•・‧"


def clean_name(text: str, field: str = "name") -> str:
    """A name as it is kept: composed, without stray spaces. Raises Invalid at `field`."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name:
        raise Invalid({field: Message("Please give the name.")})
    if len(name) > LONGEST:
        raise Invalid({field: Message("The name may have at most %(most)s characters.", most=LONGEST)})
    if any(unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs", "Cn") for c in name):
        raise Invalid({field: Message("The name contains characters that cannot be shown.")})
    return name


@cache
def _pinyin() -> Any:
    # Loading its dictionaries takes a third of a second, and most processes never need them.
    import pypinyin  # noqa: PLC0415  # late on purpose

    return pypinyin


def search_text(name: str) -> str:
    """What a name is found by: itself, its full pinyin and its initials, in lower case."""
    syllables: list[str] = [s for word in name.split() for s in _pinyin().lazy_pinyin(word)]
    plain = ["".join(c for c in s.lower() if c.isalnum()) for s in syllables]
    full = "".join(plain)
    initials = "".join(s[0] for s in plain if s)
    return " ".join(dict.fromkeys((name.lower(), full, initials)))


def masked_name(name: str) -> str:
    """A name as strangers may read it: 张三 → 张*, 张秀英 → 张*英, Anna Li → A*** L***."""
    if not name:
        return ""
    for dot in _DOTS:
        if dot in name:
            return dot.join(_masked_part(part) for part in name.split(dot))
    if name.isascii() or " " in name:
        return " ".join(part[0] + "***" for part in name.split())
    surname = 2 if len(name) > 2 and name[:2] in _COMPOUND else 1
    given = len(name) - surname
    if given <= 0:
        return "*"
    if given == 1:
        return name[:surname] + "*"
    return name[:surname] + "*" * (given - 1) + name[-1]


def _masked_part(part: str) -> str:
    if len(part) <= 2:
        return part[:1] + "*"
    return part[0] + "**"


def masked_phone(phone: str) -> str:
    """A telephone number as strangers may read it: 138****5678."""
    return phone[:3] + "****" + phone[-4:] if len(phone) >= 10 else "****"
