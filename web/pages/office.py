"""What the office's pages share: filters in the address, files to take home, forms and their faults."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from core.activity.duty import month_before
from core.base import sheets
from core.base.clock import day_of
from core.base.errors import Invalid, Message, NotFound, Refused
from core.base.sheets import Cell as SheetCell
from core.community.areas import KINDS as AREA_KINDS
from core.community.figures import Figures
from web import format as written
from web.ask import Ask
from web.forms import Form
from web.routes import Answer
from web.view_parts import FieldError, FieldOption, Flash, FormField, NavItem, grouped
from web.views import ConfirmView, FormView
from web.views_office import Cell, Column, Press

EXPORT = "as"  # field of an address that asks for the list as a file
_MONTHS_BACK = 24
Errors = Mapping[str, str]


# -- addresses ---------------------------------------------------------------------------------------------


def address(path: str, **wishes: str) -> str:
    """An address with its filters; empty ones are left out. `from_` stands for the field `from`."""
    given = [(name.rstrip("_"), value) for name, value in wishes.items() if value]
    return path + ("?" + urlencode(given) if given else "")


def exports(ask: Ask, path: str, **wishes: str) -> tuple[NavItem, ...]:
    """The links to the same list as files."""
    names = {"xlsx": ask._("Excel file"), "csv": ask._("CSV file")}
    return tuple(
        NavItem(title=names[form], href=address(path, **wishes, as_=form)) for form in sheets.FORMATS
    )


def file_wanted(ask: Ask) -> str:
    """The format the list is asked for as a file, '' for the page."""
    form = ask.query.raw(EXPORT)
    return form if form in sheets.FORMATS else ""


def as_file(
    ask: Ask, form: str, title: str, head: Sequence[str], rows: Iterable[Sequence[SheetCell]]
) -> Answer:
    """A list to take home, named after what it is, the community and the day."""
    file = sheets.write(form, title, head, rows)
    place = ask.community.name if ask.community is not None else ""
    called = " ".join(part for part in (place, title, day_of(ask.now, ask.zone)) if part)
    return ask.download(file.content, file.media_type, f"{called}.{file.ending}")


# -- months and figures ------------------------------------------------------------------------------------


def this_month(ask: Ask) -> str:
    return day_of(ask.now, ask.zone)[:7]


def is_month(text: str) -> bool:
    """Whether this is a month of this century, such as '2026-11'."""
    return re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", text) is not None


def month_wanted(ask: Ask, default: str) -> str:
    """The month of the address, or the default for anything that is none."""
    text = ask.query.raw("month")
    return text if is_month(text) else default


def month_options(ask: Ask, chosen: str = "", *, any_title: str = "") -> tuple[FieldOption, ...]:
    """The last two years for a select, the newest first; the chosen one is among them."""
    now = this_month(ask)
    names = [month_before(now, back) for back in range(_MONTHS_BACK)]
    if chosen and chosen not in names:
        names.append(chosen)
    found = [FieldOption(value=name, label=written.month(name, ask.lang)) for name in names]
    return (FieldOption(value="", label=any_title), *found) if any_title else tuple(found)


def as_of(ask: Ask, figures: Iterable[Figures]) -> str:
    """Of when the oldest of these figures is; '' when none was counted yet."""
    moments = [f.as_of for f in figures if f.as_of]
    return ask.when(min(moments)) if moments else ""


def number(value: int | None) -> str:
    """A figure, or a dash where none is stated."""
    return "—" if value is None else grouped(value)


def counted(figures: Figures, name: str) -> str:
    """A counted figure, or a dash before the first count."""
    return grouped(figures[name]) if figures.as_of else "—"


def hours(ask: Ask, figures: Figures, name: str = "minutes_year") -> str:
    return ask.duration(figures[name]) if figures.as_of else "—"


def area_kind(ask: Ask, kind: str) -> str:
    """What a kind of area is called; a community's own word stays as it was typed."""
    return ask._(AREA_KINDS.get(kind, kind))


def day_words(ask: Ask, day: str | None) -> str:
    """A day ('YYYY-MM-DD') as it is written; '' for none."""
    if not day:
        return ""
    return written.day(datetime.fromisoformat(day), ask.lang)


# -- tables ------------------------------------------------------------------------------------------------


def columns(*titles: str) -> tuple[Column, ...]:
    """Columns from their titles; one that begins with # holds numbers."""
    return tuple(Column(title=t.removeprefix("#"), kind="n" if t.startswith("#") else "") for t in titles)


def cells(*texts: str) -> tuple[Cell, ...]:
    return tuple(Cell(text=text) for text in texts)


# -- forms -------------------------------------------------------------------------------------------------


def wrong(ask: Ask, refusal: Refused) -> tuple[dict[str, str], int]:
    """What is wrong with a form, by field, and the answer's status. Raises what is no fault of the form."""
    if isinstance(refusal, Invalid):
        return ask.error_texts(refusal), refusal.status
    if isinstance(refusal, NotFound) or refusal.status != Refused.status:
        raise refusal
    return {"": ask.render(refusal.message)}, refusal.status


def whole_or_none(form: Form, name: str, *, least: int = 0, most: int = 1_000_000_000) -> int | None:
    """A whole number, or None for an empty field. Raises Invalid."""
    return form.whole(name, least=least, most=most) if form.raw(name) else None


def day_typed(form: Form, name: str) -> str:
    """A day 'YYYY-MM-DD', '' for an empty field. Raises Invalid."""
    text = form.raw(name)
    if not text:
        return ""
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        day = None
    if day is None or not 1900 <= day.year <= 2200:
        raise Invalid({name: Message("Give a day, such as 2026-11-30.")})
    return text


def field(ask: Ask, errors: Errors, name: str, label: str, value: str = "", **more: Any) -> FormField:
    """A field of a form: what was typed stays typed; otherwise `value`."""
    typed = ask.form.raw(name) if ask.rule.method == "POST" and name in ask.form.names() else value
    return FormField(name=name, label=label, value=typed[:2000], error=errors.get(name, ""), **more)


def form_page(
    ask: Ask,
    *,
    heading: str,
    action: str,
    fields: Sequence[FormField],
    submit: str,
    back: str,
    current: str,
    errors: Errors | None = None,
    status: int = 200,
    intro: str = "",
    hidden: Sequence[tuple[str, str]] = (),
    presses: Sequence[Press] = (),
) -> Answer:
    """A form with its errors at the top and at the fields; `presses` are further buttons below it."""
    known = {f.name for f in fields}
    view = FormView(
        heading=heading,
        intro=intro,
        action=action,
        request_id=ask.form.raw("request_id") or ask.new_request_id(),
        hidden=tuple(hidden),
        fields=tuple(fields),
        errors=tuple(
            FieldError(field=name if name in known else "", text=text)
            for name, text in (errors or {}).items()
        ),
        submit=submit,
        back_href=back,
        presses=tuple(presses),
    )
    return ask.page("form.html", view, title=heading, current=current, status=status)


def look_again(ask: Ask, view: ConfirmView, current: str, status: int = 200) -> Answer:
    """The page before something that is not easily taken back."""
    return ask.page(
        "counter_confirm.html", view, title=ask._("Look at it once more"), current=current, status=status
    )


def done(ask: Ask, texts: Mapping[str, Message]) -> Flash | None:
    """What to say after a form: the address names it, so that a reload says it again and does nothing."""
    message = texts.get(ask.query.raw("done"))
    return Flash(text=ask.render(message)) if message is not None else None
