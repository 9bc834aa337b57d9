"""What came with a form or an address, read so that bad input is a message at the field and never an error.

Text is cut of control characters (a NUL would make PostgreSQL refuse the statement) and of blanks around it.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from core.base.errors import Invalid, Message

MOST_FIELDS = 2000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_WIDE_DIGITS = {ord("０") + n: str(n) for n in range(10)}
REQUEST_ID = "request_id"
_ID = re.compile(r"[0-9A-Za-z_.-]{8,100}")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a form. The name is the sender's word: shown, never used as a path."""

    name: str
    content: bytes


class Form:
    """Fields by name. Every reader strips; `text` and `whole` raise Invalid that names the field."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        self._fields = fields

    def raw(self, name: str) -> str:
        """What was typed, '' without such a field: for showing it again."""
        found = self._fields.get(name)
        return found[0] if found else ""

    def many(self, name: str) -> list[str]:
        """All values of a field that may come several times, without the empty ones."""
        return [value for value in self._fields.get(name, []) if value]

    def names(self) -> Collection[str]:
        return self._fields.keys()

    def text(self, name: str, *, most: int = 200, required: bool = True) -> str:
        value = self.raw(name)
        if required and not value:
            raise Invalid({name: Message("Please fill this in.")})
        if len(value) > most:
            raise Invalid({name: Message("This is too long: at most %(most)s characters.", most=most)})
        return value

    def whole(
        self, name: str, *, least: int = 0, most: int = 1_000_000_000, default: int | None = None
    ) -> int:
        """A whole number; full-width digits are understood."""
        value = self.raw(name).translate(_WIDE_DIGITS)
        if not value and default is not None:
            return default
        if not re.fullmatch(r"[0-9]{1,10}", value) or not least <= int(value) <= most:
            raise Invalid(
                {
                    name: Message(
                        "Please type a whole number from %(least)s to %(most)s.", least=least, most=most
                    )
                }
            )
        return int(value)

    def choice(self, name: str, allowed: Collection[str], *, default: str | None = None) -> str:
        value = self.raw(name)
        if value in allowed:
            return value
        if default is not None:
            return default
        raise Invalid({name: Message("Please choose one of these.")})

    @property
    def request_id(self) -> str:
        """The id this form was minted with. Raises Invalid for one no form of ours carries."""
        value = self.raw(REQUEST_ID)
        if not _ID.fullmatch(value):
            raise Invalid({"": Message("This form is out of date. Open it again.")})
        return value


EMPTY = Form({})


def read(encoded: bytes) -> Form:
    """A form from its urlencoded bytes (or a query string). Raises Invalid for far too many fields."""
    if not encoded:
        return EMPTY
    try:
        pairs = parse_qsl(
            encoded.decode("latin-1"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="replace",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError as error:
        raise Invalid({"": Message("This form has too many fields.")}) from error
    return of_pairs(pairs)


def of_pairs(pairs: Iterable[tuple[str, str]]) -> Form:
    """A form from its fields in order, each cleaned."""
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(_CONTROL.sub("", value).strip())
    return Form(fields)


def safe_path(text: str, default: str = "/") -> str:
    """An address within this house, from outside input: one slash first, no host, no control characters."""
    if not text.startswith("/") or text.startswith(("//", "/\\")) or len(text) > 1000:
        return default
    if "\\" in text or any(ord(c) < 33 or ord(c) == 127 for c in text):  # ASCII controls, blank
        return default
    return text
