"""What stands in a cell, read by what its column holds. Each reader raises Wrong with the cure."""

import re
import string
import unicodedata
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from core.base.errors import Invalid, Message
from core.community.names import clean_name
from core.community.numbers import is_number, is_phone
from core.lifecycle.imports.faults import Wrong, short

_SCIENTIFIC = re.compile(r"\d(?:\.(\d+))?[eE]\+?(\d{1,3})")
_AS_FLOAT = re.compile(r"(\d+)\.0+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_MAIL = re.compile(r"[^\s@,;:<>()\"]{1,64}@(?:[a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
_CHECK = "10X98765432"
_LONGEST_MAIL = 254
_UNSEEN = frozenset(("Cc", "Cf", "Co", "Cs", "Cn"))
_NARROW = {ord(c) + 0xFEE0: c for c in string.digits + string.ascii_letters}

SEXES = {
    "男": "male", "男性": "male", "male": "male", "m": "male", "1": "male", "先生": "male",
    "女": "female", "女性": "female", "female": "female", "f": "female", "2": "female", "女士": "female",
    "": "", "未知": "", "不详": "", "不詳": "", "0": "", "9": "", "-": "", "/": "",
}  # fmt: skip
ROLES = {
    "": "member", "队员": "member", "隊員": "member", "成员": "member", "成員": "member", "志愿者": "member",
    "志願者": "member", "member": "member", "volunteer": "member",
    "队长": "leader", "隊長": "leader", "负责人": "leader", "負責人": "leader", "leader": "leader",
    "副队长": "deputy", "副隊長": "deputy", "副负责人": "deputy", "副負責人": "deputy", "deputy": "deputy",
}  # fmt: skip


def plain(text: str) -> str:
    """Full-width signs made narrow, what cannot be seen and blanks taken out, an apostrophe before it too."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Cc") or c == "\n")
    return "".join(text.split()).lstrip("'‘’`")


def figures(text: str) -> str:
    """A number that is a name, such as a telephone number. Raises Wrong for one the spreadsheet shortened."""
    found = plain(text)
    if (scientific := _SCIENTIFIC.fullmatch(found)) is not None:
        if len(scientific[1] or "") >= int(scientific[2]):  # every digit is there: 1.3800000001E+10
            return str(int(Decimal(found)))
        raise Wrong(
            Message("“%(text)s” was shortened by the spreadsheet.", text=short(text)),
            Message("Format the column as text, then type or paste the number again."),
        )
    as_float = _AS_FLOAT.fullmatch(found)
    return as_float[1] if as_float else found


def name(text: str) -> str:
    """A name without stray blanks."""
    try:
        return clean_name(unicodedata.normalize("NFKC", text) if not text.isascii() else text)
    except Invalid as invalid:
        message = next(iter(invalid.fields.values()))
        raise Wrong(message, Message("Write the name as it stands on the ID card.")) from invalid


def phone(text: str) -> str:
    """Digits of a telephone number; '' stays ''."""
    digits = "".join(c for c in figures(text) if c not in "-()—–")
    for prefix in ("+86", "0086"):
        digits = digits.removeprefix(prefix)
    if len(digits) == 13 and digits.startswith("861"):  # the prefix without its plus
        digits = digits[2:]
    if digits and not is_phone(digits):
        raise Wrong(
            Message("“%(text)s” is not a telephone number.", text=short(text)),
            Message("Write one number: 11 digits, or with the area code."),
        )
    return digits


def number(text: str) -> str:
    """Digits of a volunteer number; '' stays ''."""
    digits = figures(text).replace("-", "")
    if digits and not is_number(digits):
        raise Wrong(
            Message("“%(text)s” is not a volunteer number of ours.", text=short(text)),
            Message("Copy all 8 digits; for somebody new leave the cell empty."),
        )
    return digits


def sex(text: str) -> str:
    found = SEXES.get(plain(text).lower())
    if found is None:
        raise Wrong(
            Message("“%(text)s” is not a sex we know.", text=short(text)),
            Message("Write 男 or 女, or leave the cell empty."),
        )
    return found


def role(text: str) -> str:
    found = ROLES.get(plain(text).lower())
    if found is None:
        raise Wrong(
            Message("“%(text)s” is not a role in a team.", text=short(text)),
            Message("Write 队员, 队长 or 副队长, or leave the cell empty."),
        )
    return found


def id_number(text: str) -> str:
    """The 18 characters of an ID number whose check digit is right; '' stays ''. Source: GB 11643-1999."""
    found = figures(text).replace("-", "").upper()
    if not found:
        return ""
    cure = Message("Compare it with the card: 18 characters, in a column formatted as text.")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", found):
        raise Wrong(Message("This is not an ID number of 18 characters."), cure)
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, found, strict=False))
    if _CHECK[total % 11] != found[-1] or not _born(found):
        raise Wrong(Message("A digit of this ID number is wrong."), cure)
    return found


def _born(id_number: str) -> bool:
    try:
        date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))
    except ValueError:
        return False
    return True


def born_by(id_number: str) -> str:
    """The birth date in an ID number."""
    return f"{id_number[6:10]}-{id_number[10:12]}-{id_number[12:14]}"


def sex_by(id_number: str) -> str:
    return "male" if int(id_number[16]) % 2 else "female"


def email(text: str) -> str:
    found = plain(text)
    if found and (len(found) > _LONGEST_MAIL or not _MAIL.fullmatch(found)):
        raise Wrong(
            Message("“%(text)s” is not an e-mail address.", text=short(text)),
            Message("Write it as name@example.com, or leave the cell empty."),
        )
    return found


def words(text: str, most: int) -> str:
    """A line of text without stray blanks and signs that cannot be shown; full-width digits made narrow."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(" " if unicodedata.category(c) in _UNSEEN else c for c in text.translate(_NARROW))
    found = " ".join(text.split())
    if len(found) > most:
        raise Wrong(
            Message("This is too long: %(count)s characters.", count=len(found)),
            Message("Write at most %(most)s characters.", most=most),
        )
    return found


def whole(text: str, most: int) -> int | None:
    """A whole number such as 128, 1,280 or 128 分; None for an empty cell."""
    found = plain(text).replace(",", "").removesuffix("分").removesuffix("户").removesuffix("人")
    found = found.removesuffix("积").removesuffix("戶")
    if not found:
        return None
    if _NUMBER.fullmatch(found) and Decimal(found) % 1 == 0 and int(Decimal(found)) <= most:
        return int(Decimal(found))
    raise Wrong(
        Message("“%(text)s” is not a whole number up to %(most)s.", text=short(text), most=most),
        Message("Write digits only, such as 128."),
    )


def minutes_of(hours: str) -> int:
    """Minutes of decimal hours, to the nearest."""
    return int((Decimal(hours) * 60).to_integral_value(ROUND_HALF_UP))
