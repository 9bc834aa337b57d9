"""Columns by which a row says which volunteer it is about: the number, or name and telephone."""

from core.base.errors import Message
from core.lifecycle.imports import cells as read
from core.lifecycle.imports.kind import Cells, Column, Setting
from core.lifecycle.imports.people import Given

NUMBER = Column(
    "number",
    Message("Volunteer number"),
    "编号 志愿者编号 志愿者号 志愿者号码 number volunteernumber",
    lambda text, _: read.number(text),
    sample="53180315",
)
NAME = Column(
    "name",
    Message("Name"),
    "姓名 名字 志愿者姓名 队员姓名 参加人 参与人 志愿者 name",
    lambda text, _: read.name(text),
    sample="王建国",
)
PHONE = Column(
    "phone",
    Message("Telephone"),
    "手机号 手机 手机号码 电话 电话号码 联系电话 联系方式 phone mobile telephone",
    lambda text, _: read.phone(text),
    sample="13800000001",
)
WHO = (NUMBER, NAME, PHONE)


def who_of(
    cells: Cells,
    setting: Setting,
    keys: tuple[str, str, str] = ("number", "name", "phone"),
    *,
    everybody: bool = True,
) -> list[Given | None]:
    """Who each row is about, as it says; None for a row with a fault.

    Without `everybody` a row may be about nobody: that is None too.
    """
    hashes: dict[str, str] = {"": ""}
    found: list[Given | None] = []
    number_key, name_key, phone_key = keys
    triples = zip(cells.of(number_key), cells.of(name_key), cells.of(phone_key), strict=True)
    for row, (number, name, phone) in enumerate(triples):
        if not everybody and not number and not name:
            found.append(None)
            continue
        unsaid = not number and not (name and phone)
        if unsaid and cells.is_blank(row, number_key) and _half_blank(cells, row, name_key, phone_key):
            cells.fault(
                row,
                number_key if number_key in cells.used else name_key,
                Message("It does not say who is meant."),
                Message("Write the volunteer number, or name and telephone."),
            )
        if row in cells.bad:
            found.append(None)
            continue
        if phone not in hashes:
            hashes[phone] = setting.house.vault.hash("phone", phone)
        found.append(Given(row, name, number, hashes[phone]))
    return found


def _half_blank(cells: Cells, row: int, *keys: str) -> bool:
    return any(cells.is_blank(row, key) for key in keys)
