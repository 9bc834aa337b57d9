"""Names: how they are found and how they are masked."""

import unicodedata
from functools import cache, lru_cache
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
    """A name as it is kept: composed, without stray blanks (王 芳 is 王芳). Raises Invalid at `field`."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if all(is_chinese(c) for c in name.replace(" ", "")):
        name = name.replace(" ", "")  # 王　芳 is how tables line names up, not what she is called
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


# Surnames that are read otherwise than the same character elsewhere: both readings lead to the person.
_READINGS = {
    "单": "shan", "單": "shan", "仇": "qiu", "解": "xie", "曾": "zeng", "查": "zha", "区": "ou", "區": "ou",
    "朴": "piao", "盖": "ge", "冼": "xian", "召": "shao", "缪": "miao", "繆": "miao", "翟": "zhai",
    "乐": "yue", "樂": "yue", "员": "yun", "秘": "bi", "种": "chong", "覃": "qin", "宓": "mi",
}  # fmt: skip


@lru_cache(maxsize=50_000)
def _syllables(name: str) -> tuple[tuple[str, str], ...]:
    """A name's parts with their pinyin: each Chinese character, and each word of other letters."""
    parts: list[tuple[str, str]] = []
    for word in name.lower().split():
        for text, said in zip(_parts(word), _read(word), strict=False):
            plain = "".join(c for c in said.lower() if c.isalnum())
            if plain:
                parts.append((text, plain))
    return tuple(parts)


def _read(word: str) -> list[str]:
    """A word's pinyin. Looking for phrases in it costs most of the time, and few names hold any."""
    if not all("\u4e00" <= char <= "\u9fff" for char in word):
        return _pinyin().lazy_pinyin(word)  # type: ignore[no-any-return]  # pypinyin has no types
    phrases, length = _phrases(), len(word)
    if any(word[at:end] in phrases for at in range(length - 1) for end in range(at + 2, length + 1)):
        return _pinyin().lazy_pinyin(word)  # type: ignore[no-any-return]  # pypinyin has no types
    return [_read_alone(char) for char in word]


@cache
def _phrases() -> Any:
    return _pinyin().constants.PHRASES_DICT


@lru_cache(maxsize=20_000)
def _read_alone(char: str) -> str:
    return str(_pinyin().lazy_pinyin(char)[0])


def _parts(word: str) -> list[str]:
    """Cuts a word as pypinyin does: characters it can read one by one, what lies between in one piece."""
    parts: list[str] = []
    open_run = False
    for char in word:
        if is_chinese(char):
            parts.append(char)
            open_run = False
        elif open_run:
            parts[-1] += char
        else:
            parts.append(char)
            open_run = True
    return parts


_CHINESE = (("\u3400", "\u9fff"), ("\uf900", "\ufaff"), ("\U00020000", "\U0003ffff"))


def is_chinese(char: str) -> bool:
    """Whether a character is one of the CJK ideographs."""
    return any(first <= char <= last for first, last in _CHINESE)


def search_text(name: str) -> str:
    """What a roster finds a name by: itself, its full pinyin and its initials, in lower case."""
    said = [pinyin for _, pinyin in _syllables(name)]
    initials = "".join(s[0] for s in said)
    return " ".join(dict.fromkeys((name.lower(), "".join(said), initials)))


def sort_text(name: str) -> str:
    """What lists of people run by: the full pinyin, then the name itself."""
    return f"{_said(name)} {name.lower()}"


def words_of(name: str) -> list[str]:
    """What a name is found by through an index: the name, its pinyin and its initials, from each part on.

    张秀英 is found by 张, 秀英, zhangx, xiuying, zxy, xy …: the beginning of any of these.
    """
    parts = _syllables(name)
    words: list[str] = []
    for at in range(len(parts)):
        rest = parts[at:]
        words.append("".join(text for text, _ in rest))
        words.append("".join(pinyin for _, pinyin in rest))
        if len(rest) > 1:
            words.append("".join(pinyin[0] for _, pinyin in rest))
    if parts and (other := _READINGS.get(parts[0][0])) and other != parts[0][1]:
        words.append(other + "".join(pinyin for _, pinyin in parts[1:]))
        words.append(other[0] + "".join(pinyin[0] for _, pinyin in parts[1:]))
    return list(dict.fromkeys(words))


def sounds_alike(one: str, other: str) -> bool:
    """Whether two spellings are read alike: 张莉 and 张丽, 欧阳 and 歐陽, Zhang Li."""
    return one == other or _said(one) == _said(other)


def _said(name: str) -> str:
    return "".join(pinyin for _, pinyin in _syllables(name))


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
