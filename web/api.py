"""The door for plugins' pages. Whatever a programme's page needs is here; nothing else of `web` is promised.

A plugin's `routes()` hook returns pages declared with `get` and `post`; they are mounted below
`/c/{slug}/x/{plugin}/`. Signing in, membership, the plugin's switch, the permission, forged forms, budgets
and body sizes are checked before a page runs; errors a page raises become pages in the reader's language.
"""

from web.ask import Ask
from web.forms import Form, safe_path
from web.roster import Roster, Ticked, parse_roster
from web.routes import Answer, Route, get, post
from web.view_parts import (
    Bar,
    Fact,
    FieldError,
    FieldOption,
    Flash,
    FormField,
    NavItem,
    PageFrame,
    View,
    grouped,
    signed,
)
from web.views import FormView, MessageView, RosterRow, RosterView

__all__ = [
    "Answer",
    "Ask",
    "Bar",
    "Fact",
    "FieldError",
    "FieldOption",
    "Flash",
    "Form",
    "FormField",
    "FormView",
    "MessageView",
    "NavItem",
    "PageFrame",
    "Roster",
    "RosterRow",
    "RosterView",
    "Route",
    "Ticked",
    "View",
    "get",
    "grouped",
    "parse_roster",
    "post",
    "safe_path",
    "signed",
]
