"""The forms of a page as an attacker reads them: every field with its kind, and what he types into it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

OURS = frozenset({"_csrf_token", "request_id"})  # what any form carries; swapping it says nothing about ids
_TYPED = {
    "date": "2026-11-23",
    "number": "1",
    "tel": "13700000009",
    "password": "steady-lantern-88",
    "datetime-local": "2026-11-22T20:00",
    "time": "20:00",
    "email": "a@b.cn",
}


@dataclass
class Field:
    name: str
    kind: str
    value: str
    chosen: bool = True  # sent with the form as it stands
    options: list[str] = field(default_factory=list)

    @property
    def values(self) -> list[str]:
        """All it can hold by the page's own account."""
        return self.options or [self.value]


@dataclass
class Form:
    action: str
    method: str
    fields: list[Field] = field(default_factory=list)

    def filled(self) -> list[tuple[str, str]]:
        """As somebody sends it who fills in whatever is empty and ticks every box."""
        sent = []
        for f in self.fields:
            value = f.value
            if f.kind == "select":
                value = next((o for o in (f.value, *f.options) if o), "")
            elif not value and f.kind != "hidden":
                value = _TYPED.get(f.kind, "试一试")
            sent.append((f.name, value))
        return sent

    def swaps(self, foreign: dict[str, str]) -> list[list[tuple[str, str]]]:
        """The filled form once for each id of ours in it, with a foreign one in its place."""
        tries = []
        for number, f in enumerate(self.fields):
            if f.name in OURS:
                continue
            for value in dict.fromkeys(f.values):
                theirs = foreign.get(f"{f.name}={value}") or foreign.get(value)
                if theirs:
                    sent = self.filled()
                    sent[number] = (f.name, theirs)
                    tries.append(sent)
        return tries


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._select: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif tag == "option" and self._select is not None:
            self._select.options.append(given.get("value", ""))
            if "selected" in given:
                self._select.value = given.get("value", "")
        elif tag in ("input", "textarea", "select", "button") and self.forms and given.get("name"):
            kind = given.get("type", "text") if tag in ("input", "button") else tag
            found = Field(given["name"], kind, given.get("value", ""))
            self.forms[-1].fields.append(found)
            self._select = found if tag == "select" else None

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None


def forms_of(text: str) -> list[Form]:
    """The forms of a page that send something."""
    reader = _Reader()
    reader.feed(text)
    return [form for form in reader.forms if form.method == "post" and form.action.startswith("/c/")]
