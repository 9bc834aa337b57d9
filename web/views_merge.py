"""What the pages of merging show: finished strings, as in `web.views`."""

from web.view_parts import Fact, FieldError, View
from web.views import LineRow


class MergeSide(View, frozen=True, kw_only=True):
    """One of the two, as both stand side by side."""

    role: str  # "保留", "并入"
    name: str
    number: str
    facts: tuple[Fact, ...]
    lines: tuple[LineRow, ...] = ()


class TwiceRow(View, frozen=True, kw_only=True):
    """A record that is there twice: what of it is taken back."""

    what: str
    when: str
    amount: str  # `signed`


class MergeView(View, frozen=True, kw_only=True):
    """`merge.html`: first the field `with`, then both books and what would become of them."""

    look_action: str  # GET `with`
    number: str = ""  # what was typed
    number_error: str = ""
    back_href: str
    stays: MergeSide | None = None
    goes: MergeSide | None = None
    result: tuple[Fact, ...] = ()
    twice: tuple[TwiceRow, ...] = ()
    obstacle: str = ""
    swap_href: str = ""
    action: str = ""  # POST; "" when it cannot be done
    request_id: str = ""
    reason: str = ""  # what was typed
    reason_error: str = ""
    error: str = ""
    errors: tuple[FieldError, ...] = ()
