"""The small things pages are made of: navigation, facts, form fields, bars, and the frame around a page.

All strings are finished; see `web.views`, which builds the pages from them.
"""

from typing import Literal

import msgspec

Tone = Literal["", "ok", "warn", "bad", "info"]
StatusWord = Literal["draft", "waiting", "booked", "returned", "reversed"]
Lang = Literal["zh-Hans", "zh-Hant", "en"]

MINUS = "\N{MINUS SIGN}"


def grouped(number: int) -> str:
    """A whole number with thousands grouped and a true minus sign: `1,280`, `−44`."""
    return f"{number:,}".replace("-", MINUS)


def signed(number: int) -> str:
    """A change of points: always with its sign (`+6`, `−44`); nothing is plain `0`."""
    return f"{number:+,}".replace("-", MINUS) if number else "0"


class View(msgspec.Struct, frozen=True, kw_only=True):
    """Base of everything a template receives."""


class NavItem(View, frozen=True, kw_only=True):
    """One way to somewhere: a tab, a side entry, one of the home page's actions, a filter chip."""

    title: str  # in the reader's language
    href: str
    icon: str = "dot"  # a symbol of static/icons.svg
    current: bool = False  # the page (or filter) being looked at
    badge: str = ""  # a small count, such as "3"


class Flash(View, frozen=True, kw_only=True):
    """A line at the top of the next page after a harmless success, or a warning that must stay."""

    text: str
    tone: Tone = "ok"


class Fact(View, frozen=True, kw_only=True):
    """One labelled value of a description list."""

    label: str
    text: str
    href: str = ""  # where the value leads
    strong: bool = False  # a sum or a result: set in bold under a rule


class FieldError(View, frozen=True, kw_only=True):
    """One entry of the error summary; the same words stand at the field."""

    field: str  # the `id` the summary's link jumps to (the field's name for all fields of `parts.html`)
    text: str


class FieldOption(View, frozen=True, kw_only=True):
    """One choice of a select, radio or checkbox field."""

    value: str
    label: str
    hint: str = ""


class FormField(View, frozen=True, kw_only=True):
    """One field of a form described by data; drawn by `field_of` in `parts.html`."""

    name: str
    label: str
    kind: str = (
        "text"  # text password tel number date time datetime-local search textarea select radio checkbox
    )
    value: str = ""  # what was typed stays typed
    values: tuple[str, ...] = ()  # the ticked ones of a checkbox field
    hint: str = ""
    error: str = ""
    required: bool = False
    options: tuple[FieldOption, ...] = ()
    autocomplete: str = ""  # a WCAG 1.3.5 token such as "username"
    inputmode: str = ""  # "numeric" or "tel" for the right keyboard
    suggestions: tuple[str, ...] = ()  # offered while typing; anything else may be typed
    rows: int = 4  # of a textarea


class Bar(View, frozen=True, kw_only=True):
    """One value of a chart."""

    label: str  # "11月"
    value: int  # what the geometry is drawn from
    text: str  # how the value is printed, "128"


class PageFrame(View, frozen=True, kw_only=True):
    """What the layout around every page needs."""

    title: str  # of this page, without the product's name
    lang: Lang = "zh-Hans"
    size: Literal["", "elder"] = ""  # large text
    theme: Literal["", "light", "dark"] = ""  # "" follows the device
    community: str = ""  # the community's name; "" outside of any
    base: str = ""  # "/c/hongqi"; "" outside of any community
    bare: bool = False  # leads nowhere else: somebody who is not signed in stands at this screen
    viewer_name: str = ""  # "" for somebody not signed in
    viewer_number: str = ""  # volunteer number, "" without one
    csrf: str = ""  # the value of every form's `_csrf_token`
    tabs: tuple[NavItem, ...] = ()  # at most five: the phone's bottom bar
    nav: tuple[
        NavItem, ...
    ] = ()  # further entries, the plugins' among them: side bar, and the menu on phones
    unread: str = ""  # number of unread notices, "" for none
    flash: Flash | None = None
    banners: tuple[Flash, ...] = ()  # stay on every page: a programme set aside, the demo
    help_phone: str = ""  # the community's telephone, in the same place on every page
    here: str = "/"  # path and query of this page: where the preference switches come back to
    plugin: str = ""  # id of the plugin whose page this is: scope of its style sheet
    plugin_css: str = ""  # hashed address of that plugin's style sheet, "" for none
