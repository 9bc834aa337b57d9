"""What each page shows: one frozen struct per page, the whole context of its template.

Every template gets exactly two names: `page` (a `PageFrame`) and `view` (one of the structs below; the
first line of the template says which). All strings are finished: dates, points, masked names and community
texts arrive formatted and in the reader's language, so that a template only lays out and translates its
labels. An empty string means "nothing to show here". The frame, the small parts
(`Fact`, `NavItem`, …) and `grouped` and `signed`, which write points, live in `web.view_parts`.
"""

from web.view_parts import Bar, Fact, FieldError, FieldOption, FormField, NavItem, StatusWord, Tone, View
from web.views_office import Press

# -- a volunteer's pages -------------------------------------------------------------------------------


class LineRow(View, frozen=True, kw_only=True):
    """One line of the account as it stands in a list."""

    href: str  # the page that explains it
    what: str  # "夜间巡逻", "兑换：大米 5 公斤"
    when: str  # short or relative: "昨天 20:00"
    when_full: str  # "2026年11月22日 20:00"
    amount: str  # `signed`: "+6", "−44"
    balance: str = ""  # after this line; "" while it waits
    origin: str = ""  # 签到 / 补录 / 导入, in the reader's language
    approver: str = ""  # who confirmed, by role: "社区工作者"
    icon: str = "clock"
    status: StatusWord = "booked"


class RewardProgress(View, frozen=True, kw_only=True):
    """How far it is to the reward the member is nearest to."""

    title: str
    cost: str
    missing: str  # "40"; "" when it can be had now
    percent: int  # 0 to 100
    href: str = ""


class ActivityCard(View, frozen=True, kw_only=True):
    """An activity to come."""

    title: str
    day: str  # "29"
    month: str  # "11月"
    when: str  # "周日 20:00–22:00"
    where: str = ""
    href: str = ""


class Panel(View, frozen=True, kw_only=True):
    """A programme's panel: fetched after the page, with a plain link for those without JavaScript."""

    plugin: str  # its id
    title: str
    href: str


class HomeView(View, frozen=True, kw_only=True):
    """`home.html`: the balance first, then what to do, then why it is what it is."""

    usable: str  # `grouped`: what can be spent now
    pending: str = ""  # waits for confirmation; "" for none
    expiring: str = ""  # expires soon; "" for none
    expiring_by: str = ""  # "12月31日前"
    debt: str = ""  # owed after a reversal; "" for none
    hours: str = ""  # confirmed service, "126 小时 30 分"
    stars: str = ""  # "★★ 2 星"; "" before the first
    stars_next: str = ""  # how far it is to the next star, in a sentence; "" at the last
    as_of: str = ""  # only when the figures are not of this minute: "10:32"
    statement_href: str
    rewards_href: str = ""  # where "兑换" leads; "" while the community gives no rewards
    actions: tuple[NavItem, ...] = ()  # at most four
    months: tuple[Bar, ...] = ()  # six months, oldest first
    months_finding: str = ""  # the chart in one sentence: "11月获得 38 分，是半年来最多的一个月"
    lines: tuple[LineRow, ...] = ()  # the last three
    next_reward: RewardProgress | None = None
    next_activity: ActivityCard | None = None
    panels: tuple[Panel, ...] = ()
    first_steps: tuple[NavItem, ...] = ()  # shown instead of the lines to somebody who has none yet


class MonthGroup(View, frozen=True, kw_only=True):
    """The lines of one month."""

    title: str  # "2026年11月"
    earned: str  # `signed`
    spent: str  # `signed`
    lines: tuple[LineRow, ...]
    continued: bool = False  # the month began on the page before


class StatementView(View, frozen=True, kw_only=True):
    """`statement.html`; the block `lines` alone is what "load more" fetches."""

    usable: str
    pending: str = ""
    filters: tuple[NavItem, ...] = ()  # all, earned, used, adjusted
    months: tuple[MonthGroup, ...] = ()
    more_href: str = ""  # the next page, "" at the end
    reset_href: str = ""  # without filter; "" when there is none to take off
    ending: str = ""  # in a sentence, what ends next; "" for nothing
    gifts_href: str = ""  # where points are given away; "" where the community has none
    earlier_href: str = ""  # lines of accounts merged into this one; "" when there are none
    back_href: str = ""  # on that page: to the statement itself


class LineView(View, frozen=True, kw_only=True):
    """`line.html`: one line, explained to the last point."""

    what: str
    amount: str  # `signed`
    status: StatusWord
    when_full: str
    balance: str = ""  # after this line
    reference: str  # printed on receipts, said on the telephone
    back_href: str  # the statement
    back_label: str = ""  # where it is somebody else's
    activity: tuple[Fact, ...] = ()  # activity, team, place, from–to, minutes, counts
    inputs: tuple[Fact, ...] = ()  # how it was reckoned, step by step, night share included; the sum `strong`
    rule_text: str = ""  # the rule as published
    rule_version: str = ""  # "第 3 版，2026年9月1日起"
    rule_href: str = ""
    cap: str = ""  # the cap that bit, in one sentence
    chain: tuple[Fact, ...] = ()  # recorded by, confirmed by, booked; label who, text when and how
    related: tuple[Fact, ...] = ()  # the line that reversed this one, or that this one reverses
    ask_action: str = ""  # address of the "有疑问" form; "" when it cannot be asked (any more)
    ask_text: str = ""  # what was typed
    ask_error: str = ""
    asked: str = ""  # an open question about this line: "11月22日提出，等待答复"
    request_id: str = ""
    receipt_href: str = ""  # its sealed receipt


# -- recording: the roster any programme includes -------------------------------------------------------


class RosterRow(View, frozen=True, kw_only=True):
    """One person on the roster."""

    number: str  # volunteer number, the value of `who` and the tail of `from-` and `to-`
    name: str
    note: str = ""  # "副队长", "3号楼"
    search: str = ""  # name, pinyin, initials, number, in lower case, spaces between
    ticked: bool = False
    from_time: str = ""  # "19:30"; "" means the same as all
    to_time: str = ""
    error: str = ""  # opens the row's times and is named by the summary as `who-<number>`
    warning: str = ""  # shown, blocks nothing: "同一时间在别处有记录"


class RosterView(View, frozen=True, kw_only=True):
    """`linli/roster.html`: the fields `from`, `to`, `who`, `from-<number>`, `to-<number>`."""

    rows: tuple[RosterRow, ...]
    from_value: str = ""  # datetime-local, "2026-11-22T20:00"
    to_value: str = ""
    from_error: str = ""
    to_error: str = ""
    who_error: str = ""  # nobody was ticked
    with_times: bool = True  # False for programmes that do not count hours


# -- the counter ---------------------------------------------------------------------------------------


class CounterReward(View, frozen=True, kw_only=True):
    """A reward as the clerk sees it for this member."""

    id: str  # public id, the form's `reward`
    title: str
    cost: str
    stock: str = ""  # "还有 12 份"
    affordable: bool = True
    reason: str = ""  # why not: "还差 40 分", "已领完"


class CounterMember(View, frozen=True, kw_only=True):
    """The member standing at the counter."""

    id: str  # public id, the form's `member`
    name: str  # masked: "张*英"
    initial: str  # "张"
    number: str
    usable: str
    note: str = ""  # "由家人代领须出示授权"


class CounterView(View, frozen=True, kw_only=True):
    """`counter.html`: POST `q` to `lookup_action`; then POST `member`, `reward` to `choose_action`."""

    lookup_action: str
    choose_action: str = ""
    query: str = ""  # what was typed
    query_error: str = ""
    error: str = ""  # why the last choice was refused: "只剩 1 份，刚被领走"
    member: CounterMember | None = None
    rewards: tuple[CounterReward, ...] = ()
    desk: str = ""  # the form's `desk`: where the clerk stands
    desks: tuple[FieldOption, ...] = ()  # where he may stand


class ConfirmView(View, frozen=True, kw_only=True):
    """`counter_confirm.html`, and any money-like step: everything stands here before it counts."""

    heading: str  # "把大米 5 公斤交给张*英？"
    facts: tuple[Fact, ...] = ()
    before: str = ""  # balance now
    amount: str = ""  # `signed`
    after: str = ""  # balance then
    action: str
    request_id: str
    hidden: tuple[tuple[str, str], ...] = ()  # further fields of the form, name and value
    field: FormField | None = None  # something still to say: who takes it home
    button: str  # "确认兑换"
    back_href: str
    error: str = ""


class ReceiptView(View, frozen=True, kw_only=True):
    """`receipt.html`: done, printable, and undoable for a while."""

    heading: str  # "已兑换：大米 5 公斤"
    reference: str
    facts: tuple[Fact, ...] = ()
    amount: str = ""
    after: str = ""  # balance after
    undo_action: str = ""  # "" when it cannot be undone (any more)
    undo_until: str = ""  # "10:42 前可以撤销"
    undo_hidden: tuple[tuple[str, str], ...] = ()
    request_id: str = ""  # of the undo
    next_href: str
    next_label: str  # "下一位"
    sealed_href: str = ""  # the sealed receipt of its line


# -- the shop and the review -----------------------------------------------------------------------------


class RewardCard(View, frozen=True, kw_only=True):
    """A reward as a volunteer sees it."""

    title: str
    cost: str
    stock: str = ""  # "还有 12 份", "已领完，12月1日补货"
    pickup: str = ""  # "服务台，周一至周五 9:00–17:00"
    limit: str = ""  # "每人每季 1 份"
    missing: str = ""  # points still missing, "" when it can be had
    sold_out: bool = False


class RewardsView(View, frozen=True, kw_only=True):
    """`rewards.html`: what points can be exchanged for, at the counter."""

    usable: str
    filters: tuple[NavItem, ...] = ()  # all, what I can have
    rewards: tuple[RewardCard, ...] = ()
    reset_href: str = ""


class ReviewRow(View, frozen=True, kw_only=True):
    """One recorded attendance that waits for a second person."""

    id: str  # value of the form's `attendance`
    name: str
    what: str
    when: str
    when_full: str
    time: str  # "20:00–22:00，2 小时"
    amount: str  # `signed`: what would be booked
    evidence: str  # 签到 / 队长登记 / 补录
    recorder: str
    warnings: tuple[str, ...] = ()
    blocked: str = ""  # why this viewer cannot decide it: "本人的记录须由他人确认"
    ticked: bool = False


class ReviewView(View, frozen=True, kw_only=True):
    """`review.html`: fields `attendance`, `decision` (`confirm` or `return`), `reason`."""

    action: str
    request_id: str
    rows: tuple[ReviewRow, ...] = ()
    reasons: tuple[FieldOption, ...] = ()
    reason: str = ""
    reason_error: str = ""
    error: str = ""  # nothing ticked, or somebody else was quicker
    more_href: str = ""


# -- everything else -----------------------------------------------------------------------------------


class SignInView(View, frozen=True, kw_only=True):
    """`sign_in.html`: fields `login`, `password`, `next`."""

    action: str = "/sign-in"
    login: str = ""
    login_error: str = ""
    password_error: str = ""
    error: str = ""  # about both: unknown number or wrong password, or too many tries
    said: str = ""  # what was done before
    next: str = ""
    forgot: str = ""  # address of the page that sends a code by e-mail; "" where there is no mail
    demo: tuple[Fact, ...] = ()  # demo data only: who, and number with password


class NoticeRow(View, frozen=True, kw_only=True):
    """One message to a person."""

    title: str
    text: str = ""
    when: str
    when_full: str
    href: str = ""
    unread: bool = False
    icon: str = "bell"


class NoticesView(View, frozen=True, kw_only=True):
    """`notices.html`."""

    notices: tuple[NoticeRow, ...] = ()
    read_action: str = ""  # POST marks all as read; "" when nothing is unread
    request_id: str = ""
    more_href: str = ""


class ErrorView(View, frozen=True, kw_only=True):
    """`error.html`: heading and advice follow from the status; only what is special is given here."""

    status: int  # 401 403 404 409 413 422 429 500 503; any other reads like 500 or like 400
    detail: str = ""  # one more sentence: "一分钟后再试"
    reference: str = ""  # to be said on the telephone
    href: str = ""  # the next step, "" leads home
    label: str = ""


class MessageView(View, frozen=True, kw_only=True):
    """`message.html`: something is done, here is what happens next."""

    heading: str
    text: str = ""
    tone: Tone = "ok"
    facts: tuple[Fact, ...] = ()
    actions: tuple[NavItem, ...] = ()  # further ways on, drawn like the home page's
    href: str
    label: str


class FormView(View, frozen=True, kw_only=True):
    """`form.html`: a form described by data."""

    heading: str
    intro: str = ""
    action: str
    request_id: str = ""
    hidden: tuple[tuple[str, str], ...] = ()
    fields: tuple[FormField, ...]
    errors: tuple[FieldError, ...] = ()
    submit: str
    back_href: str = ""
    presses: tuple[Press, ...] = ()  # further buttons below it, each a form of its own


class CommunityCard(View, frozen=True, kw_only=True):
    """A community on the landing page."""

    name: str
    href: str
    area: str = ""  # "红旗街道"
    role: str = ""  # "志愿者、队长" for somebody signed in


class CommunityView(View, frozen=True, kw_only=True):
    """`community.html`: choice of a community, or the way in."""

    communities: tuple[CommunityCard, ...] = ()
    sign_in_href: str = ""  # "" for somebody signed in
    actions: tuple[NavItem, ...] = ()  # for those above communities: their totals, a new one


class DesignView(View, frozen=True, kw_only=True):
    """`design.html`: every part in every state; the samples stand in the template."""

    request_id: str = "design"
