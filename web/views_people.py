"""What the pages about people show; see `web.views` for how such structs are made."""

from web.view_parts import Fact, FieldError, FieldOption, FormField, NavItem, Tone, View
from web.views import LineRow


class PersonRow(View, frozen=True, kw_only=True):
    """One person of a list."""

    href: str
    name: str
    number: str
    status: str = ""  # "已退出"; "" for the active
    tone: Tone = ""
    team: str = ""
    area: str = ""
    hours: str = ""  # confirmed service, "126 小时"
    joined: str = ""  # "2026-03-05"


class PeopleView(View, frozen=True, kw_only=True):
    """`people.html`; the block `rows` alone is what "load more" fetches."""

    action: str  # POST `q`, `status`, `team`, `area`
    query: str = ""
    query_error: str = ""
    status: str = "active"
    statuses: tuple[FieldOption, ...] = ()
    team: str = ""
    teams: tuple[FieldOption, ...] = ()
    area: str = ""
    areas: tuple[FieldOption, ...] = ()
    rows: tuple[PersonRow, ...] = ()
    shown: str = ""  # "已显示 50 人，后面还有"
    more_href: str = ""
    reset_href: str = ""  # without filters; "" when there is none to take off
    actions: tuple[NavItem, ...] = ()
    export_action: str = ""  # "" for who may not take lists home
    export_hidden: tuple[tuple[str, str], ...] = ()
    export_links: tuple[NavItem, ...] = ()


class Dated(View, frozen=True, kw_only=True):
    """Something with its days: a membership, a home, a post."""

    what: str
    when: str  # "2026-03-05 起", "2025-01-01 至 2026-03-05"
    href: str = ""
    note: str = ""  # "队长", "第 2 级"
    over: bool = False


class Likeness(View, frozen=True, kw_only=True):
    """Somebody who may be the same person."""

    name: str
    number: str
    why: str  # "同一电话号码"
    href: str = ""  # his page
    merge_href: str = ""
    note: str = ""


class Tie(View, frozen=True, kw_only=True):
    """A guardian or collector, or whom somebody is that for."""

    what: str  # "监护人"
    name: str
    when: str
    href: str = ""
    end_href: str = ""  # "" for who may not end it


class PersonView(View, frozen=True, kw_only=True):
    """`person.html`: one volunteer as the office sees him."""

    name: str
    number: str
    status: str
    status_tone: Tone = ""
    quiet: str = ""  # of somebody who has passed away: "已离世 · 2026年11月20日"
    facts: tuple[Fact, ...] = ()
    contact: tuple[Fact, ...] = ()  # masked, or opened after asking
    show_action: str = ""  # POST `reason` opens the contact data; "" where there is none or it is open
    reasons: tuple[FieldOption, ...] = ()
    opened: bool = False
    homes: tuple[Dated, ...] = ()
    teams: tuple[Dated, ...] = ()
    posts: tuple[Dated, ...] = ()
    moves: tuple[Fact, ...] = ()
    household: tuple[Fact, ...] = ()
    relations: tuple[Tie, ...] = ()
    relate_href: str = ""  # where one is entered; "" for who may not
    served: tuple[Fact, ...] = ()
    alike: tuple[Likeness, ...] = ()
    actions: tuple[NavItem, ...] = ()
    more: tuple[NavItem, ...] = ()
    back_href: str


class NewPersonView(View, frozen=True, kw_only=True):
    """`person_new.html`: fields `name`, `phone`; folded `number`, `area`, `team`, `joined`; `sure`."""

    action: str
    request_id: str
    name: str = ""
    phone: str = ""
    name_error: str = ""
    phone_error: str = ""
    more: tuple[FormField, ...] = ()
    more_open: bool = False
    errors: tuple[FieldError, ...] = ()
    alike: tuple[Likeness, ...] = ()  # is it one of these?
    back_href: str


class CardView(View, frozen=True, kw_only=True):
    """`person_card.html`: the card to print, and what comes next."""

    heading: str
    text: str = ""
    name: str
    number: str  # grouped, "2345 6789"
    community: str
    help_phone: str = ""
    joined: str = ""
    next_href: str
    next_label: str
    focus_next: bool = False
    actions: tuple[NavItem, ...] = ()


class EditView(View, frozen=True, kw_only=True):
    """`person_edit.html`: ordinary fields, then those under seal, where an empty one stays as it is."""

    heading: str
    action: str
    request_id: str
    plain: tuple[FormField, ...]
    sealed: tuple[FormField, ...]
    remove: FormField | None = None
    errors: tuple[FieldError, ...] = ()
    back_href: str


class MembershipRow(View, frozen=True, kw_only=True):
    """One team somebody is in, with what can be changed."""

    id: str  # public id of the team
    name: str
    href: str
    role: str
    since: str
    day_error: str = ""
    role_error: str = ""
    request_id: str


class TeamsOfView(View, frozen=True, kw_only=True):
    """`person_teams.html`: teams now, joining one, leaving one, what he is in it; and those of before."""

    heading: str
    error: str = ""
    errors: tuple[FieldError, ...] = ()
    now: tuple[MembershipRow, ...] = ()
    before: tuple[Dated, ...] = ()
    roles: tuple[FieldOption, ...] = ()
    today: str
    join_action: str = ""
    leave_action: str = ""
    role_action: str = ""
    request_id: str = ""
    fields: tuple[FormField, ...] = ()
    back_href: str


class LookAgainView(View, frozen=True, kw_only=True):
    """`look_again.html`: what will happen, sentence by sentence, before something happens to a person."""

    heading: str
    lead: str = ""
    points: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    fields: tuple[FormField, ...] = ()
    errors: tuple[FieldError, ...] = ()
    error: str = ""
    action: str
    request_id: str = ""
    hidden: tuple[tuple[str, str], ...] = ()
    button: str
    danger: bool = False
    back_href: str
    back_label: str


class CodeView(View, frozen=True, kw_only=True):
    """`moving_code.html`: the code, large, this once; or that one is out, and how to take it back."""

    heading: str
    name: str
    code: str = ""  # "K7QM2 9XZ4D"
    until: str = ""
    waiting: str = ""  # a code is out: until when
    points: tuple[str, ...] = ()
    make_action: str = ""
    cancel_action: str = ""
    request_id: str = ""
    error: str = ""
    back_href: str


class ApplicationRow(View, frozen=True, kw_only=True):
    """One application in the queue."""

    href: str
    name: str
    when: str
    note: str = ""  # "想参加：夜间巡逻队"
    alike: str = ""  # "可能已是志愿者"


class ApplicationsView(View, frozen=True, kw_only=True):
    """`applications.html`."""

    rows: tuple[ApplicationRow, ...] = ()
    more_href: str = ""
    join_href: str = ""  # the public page, to be handed on
    back_href: str


class ApplicationView(View, frozen=True, kw_only=True):
    """`application.html`: accept with teams, refuse with a reason, or say who it is."""

    name: str
    facts: tuple[Fact, ...]
    alike: tuple[Likeness, ...] = ()
    same_action: str = ""
    accept_action: str
    refuse_action: str
    teams: FormField | None = None
    guardian: FormField | None = None
    reasons: FormField
    request_id: str
    errors: tuple[FieldError, ...] = ()
    error: str = ""
    back_href: str


class JoinView(View, frozen=True, kw_only=True):
    """`join.html`: what volunteering here is, and the form; open to anybody."""

    community: str
    action: str = ""  # "" while no applications are taken
    request_id: str = ""
    fields: tuple[FormField, ...] = ()
    consent_error: str = ""
    agreed: bool = False
    errors: tuple[FieldError, ...] = ()
    error: str = ""
    known_as: str = ""  # somebody signed in applies as himself
    help_phone: str = ""


class ConsentRow(View, frozen=True, kw_only=True):
    """One thing agreed to, and where it is taken back ("" where it cannot be)."""

    title: str
    when: str
    href: str = ""


class MeView(View, frozen=True, kw_only=True):
    """`me.html`: what is recorded of the reader himself."""

    name: str
    number: str
    facts: tuple[Fact, ...] = ()
    contact: tuple[Fact, ...] = ()
    teams: tuple[Dated, ...] = ()
    posts: tuple[Dated, ...] = ()
    household: tuple[Fact, ...] = ()
    wards: tuple[Tie, ...] = ()  # whose points the reader may see, as a guardian
    helpers: tuple[Fact, ...] = ()  # who may do something for him
    earlier: tuple[Fact, ...] = ()
    consents: tuple[ConsentRow, ...] = ()
    actions: tuple[NavItem, ...] = ()
    more: tuple[NavItem, ...] = ()


class WardView(View, frozen=True, kw_only=True):
    """`ward.html`: points and latest lines of somebody whose guardian the reader is."""

    name: str
    number: str
    usable: str
    facts: tuple[Fact, ...] = ()
    lines: tuple[LineRow, ...] = ()
    back_href: str


class RecordRow(View, frozen=True, kw_only=True):
    """One service of the printed record."""

    day: str
    what: str
    where: str = ""
    time: str


class RecordView(View, frozen=True, kw_only=True):
    """`me_record.html`: one's own record, to print."""

    name: str
    number: str
    community: str
    facts: tuple[Fact, ...] = ()
    rows: tuple[RecordRow, ...] = ()
    more: str = ""  # "只列出最近 300 次"
    back_href: str
