"""What the pages of signing in and of one's own security show: finished strings, as in `web.views`."""

from web.qr import Code
from web.view_parts import Fact, FieldError, FormField, NavItem, View

# -- coming in -------------------------------------------------------------------------------------------


class WhoRow(View, frozen=True, kw_only=True):
    """One of those who share telephone and password."""

    value: str
    name: str  # masked
    number: str  # its last four digits


class WhoView(View, frozen=True, kw_only=True):
    """`sign_in_who.html`: which of you? The button pressed carries `who`."""

    ticket: str
    rows: tuple[WhoRow, ...]


class SecondCodeView(View, frozen=True, kw_only=True):
    """`sign_in_code.html`: the field `code`."""

    ticket: str
    error: str = ""


class ForgotView(View, frozen=True, kw_only=True):
    """`forgot.html`: the field `login`; with `sent` what comes next."""

    sent: bool
    login: str = ""
    error: str = ""
    request_id: str


class FirstPasswordView(View, frozen=True, kw_only=True):
    """`first_password.html`: fields `code`, `login`, `password`, `again`."""

    code: str = ""
    by_mail: bool = False  # codes come by e-mail too
    login: str = ""
    next: str = ""
    errors: tuple[FieldError, ...] = ()
    code_error: str = ""
    login_error: str = ""
    password_error: str = ""
    again_error: str = ""
    request_id: str


# -- slips, cards and PINs ---------------------------------------------------------------------------------


class SlipRow(View, frozen=True, kw_only=True):
    """A slip that is still good."""

    name: str
    number: str
    purpose: str
    until: str
    maker: str
    href: str  # to the person
    paper_href: str = ""  # to print it again; "" for whoever did not make it
    revoke_action: str


class SlipsView(View, frozen=True, kw_only=True):
    """`slips.html`: POST `q` finds somebody; below the slips that are still good."""

    action: str
    query: str = ""
    query_error: str = ""
    several: tuple[NavItem, ...] = ()  # who is meant, where a telephone is shared
    rows: tuple[SlipRow, ...] = ()
    request_id: str


class AccessView(View, frozen=True, kw_only=True):
    """`access.html`: one person's ways in, and what can be made for him."""

    name: str
    number: str
    facts: tuple[Fact, ...]
    error: str = ""
    heading: str  # of the slip that would be made
    points: tuple[str, ...]
    action: str  # POST `person`, `drops`
    person: str
    with_factor: bool = False
    shut: bool = False  # then there is no slip to be made
    button: str
    request_id: str
    ways: tuple[NavItem, ...] = ()
    back_href: str


class PaperView(View, frozen=True, kw_only=True):
    """`slip.html`: a third of a sheet, to print and hand over."""

    title: str
    community: str
    name: str
    number: str
    until: str
    address: str  # where to go, as it is typed
    code: str  # in groups
    qr: Code
    help_phone: str = ""
    revoke_action: str
    request_id: str
    back_href: str


class CardView(View, frozen=True, kw_only=True):
    """`card.html`: the volunteer card with its code, or the way to make one."""

    community: str
    name: str
    number: str
    help_phone: str = ""
    qr: Code | None = None
    action: str  # POST makes a new one
    stop_action: str = ""
    request_id: str
    stop_id: str = ""
    back_href: str


class BehalfView(View, frozen=True, kw_only=True):
    """`on_behalf.html`: fields `q` (card or number) and `pin`."""

    action: str
    query: str = ""
    errors: tuple[FieldError, ...] = ()
    query_error: str = ""
    pin_error: str = ""
    request_id: str
    over: str = ""  # why the page before is gone
    back_href: str


class BehalfLine(View, frozen=True, kw_only=True):
    """One of the last lines of the account."""

    what: str
    when: str
    amount: str


class BehalfReward(View, frozen=True, kw_only=True):
    """What can be had now."""

    title: str
    cost: str


class VisitView(View, frozen=True, kw_only=True):
    """`visit.html`: somebody's account on the screen of the counter, for some minutes."""

    name: str  # masked
    number: str
    until: str
    usable: str
    pending: str = ""
    hours: str = ""
    lines: tuple[BehalfLine, ...] = ()
    rewards: tuple[BehalfReward, ...] = ()
    close_action: str
    request_id: str


# -- one's own security --------------------------------------------------------------------------------------


class SessionRow(View, frozen=True, kw_only=True):
    """One of one's own sessions."""

    id: str
    device: str
    when: str
    here: bool = False


class AccountView(View, frozen=True, kw_only=True):
    """`account.html`."""

    facts: tuple[Fact, ...]
    ways: tuple[NavItem, ...]
    sessions: tuple[SessionRow, ...]
    others: bool = False
    request_id: str
    others_id: str


class FactorView(View, frozen=True, kw_only=True):
    """`second_step.html`: setting the app up, or what can be done once it is."""

    on: bool = False
    required: str = ""  # why it must be set up now
    error: str = ""
    code_error: str = ""
    password_error: str = ""
    # setting up
    ticket: str = ""
    qr: Code | None = None
    secret: str = ""  # in groups, to be typed
    request_id: str
    # once it is on
    facts: tuple[Fact, ...] = ()
    off_id: str = ""


class RecoveryView(View, frozen=True, kw_only=True):
    """`recovery_codes.html`: shown this once."""

    codes: tuple[str, ...]
    name: str
    next_href: str


class PlainFormView(View, frozen=True, kw_only=True):
    """`access_form.html`: a narrow form with big fields."""

    heading: str
    intro: str = ""
    notes: tuple[str, ...] = ()
    action: str
    request_id: str = ""
    hidden: tuple[tuple[str, str], ...] = ()
    fields: tuple[FormField, ...]
    errors: tuple[FieldError, ...] = ()
    submit: str
    back_href: str = ""
    back_label: str = ""
