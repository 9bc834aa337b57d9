"""Accounts, running balances, lots, holds and outcomes, from the lines. One statement a check."""

from core.lifecycle.reconcile.faults import Check

# What a line moves: `posted` by its direction (a hold or release moves none), `held` and `debt` by its kind.
_ACCOUNTS = """
select x.account as at_row, cast(sum(x.posted) as bigint) as posted_kept,
    cast(sum(x.posted_said) as bigint) as posted_said, cast(sum(x.held) as bigint) as held_kept,
    cast(sum(x.held_said) as bigint) as held_said, cast(sum(x.debt) as bigint) as debt_kept,
    cast(sum(x.debt_said) as bigint) as debt_said, cast(sum(x.version) as bigint) as lines_kept,
    cast(sum(x.lines_said) as bigint) as lines_said
from (
    select a.id as account, a.posted, 0 as posted_said, a.held, 0 as held_said, a.debt, 0 as debt_said,
        a.version, 0 as lines_said
    from points_account a where a.community = :community
    union all
    select t.account, 0, case when t.kind in ('hold', 'release') then 0
            when t.credit = t.account then t.amount else -t.amount end,
        0, case t.kind when 'hold' then t.amount when 'release' then -t.amount
            when 'capture' then -t.amount else 0 end,
        0, case t.kind when 'debt' then t.amount when 'repay' then -t.amount else 0 end, 0, 1
    from transfer t where t.community = :community
) as x
group by x.account
having sum(x.posted) <> sum(x.posted_said) or sum(x.held) <> sum(x.held_said)
    or sum(x.debt) <> sum(x.debt_said) or sum(x.version) <> sum(x.lines_said)
order by x.account limit :most
"""

_RUNNING = """
select s.id as at_row, s.posted_after as balance_kept, s.posted as balance_said, s.held_after as held_kept,
    s.held as held_said, s.version as number_kept, s.number as number_said
from (
    select t.id, t.posted_after, t.held_after, t.version,
        cast(sum(case when t.kind in ('hold', 'release') then 0
            when t.credit = t.account then t.amount else -t.amount end)
            over (partition by t.account order by t.version, t.id) as bigint) as posted,
        cast(sum(case t.kind when 'hold' then t.amount when 'release' then -t.amount
            when 'capture' then -t.amount else 0 end)
            over (partition by t.account order by t.version, t.id) as bigint) as held,
        row_number() over (partition by t.account order by t.version, t.id) as number
    from transfer t where t.community = :community
) as s
where s.posted_after <> s.posted or s.held_after <> s.held or s.version <> s.number
order by s.id limit :most
"""

_LOTS = """
select x.lot as at_row, cast(sum(x.remaining) as bigint) as left_kept,
    cast(sum(x.said) as bigint) as left_said
from (
    select l.id as lot, l.remaining, l.amount as said from lot l where l.community = :community
    union all
    select u.lot, 0, -u.amount from lot_use u where u.community = :community
) as x
group by x.lot having sum(x.remaining) <> sum(x.said) order by x.lot limit :most
"""

# What a line opens and takes of lots is just what it moves of the points that are free.
_LINES = """
select x.line as at_row, cast(sum(x.lots) as bigint) as lots_kept, cast(sum(x.said) as bigint) as lots_said
from (
    select l.transfer as line, l.amount as lots, 0 as said from lot l where l.community = :community
    union all
    select u.transfer, -u.amount, 0 from lot_use u where u.community = :community
    union all
    select t.id, 0, case when t.kind in ('hold', 'release') then 0
            when t.credit = t.account then t.amount else -t.amount end
        - case t.kind when 'hold' then t.amount when 'release' then -t.amount
            when 'capture' then -t.amount else 0 end
    from transfer t where t.community = :community
) as x
group by x.line having sum(x.lots) <> sum(x.said) order by x.line limit :most
"""

_OPENED = """
select l.id as at_row, l.account as account_kept, t.account as account_said
from lot l join transfer t on t.id = l.transfer and t.community = l.community
where l.community = :community and l.account <> t.account order by l.id limit :most
"""

_USED = """
select u.id as at_row, l.account as account_kept, t.account as account_said
from lot_use u join lot l on l.id = u.lot and l.community = u.community
join transfer t on t.id = u.transfer and t.community = u.community
where u.community = :community and l.account <> t.account order by u.id limit :most
"""

_HOLDS = """
select h.id as at_row, h.amount as held_kept, cast(sum(r.amount) as bigint) as held_said
from transfer h join transfer r on r.hold = h.id and r.community = h.community
where h.community = :community and h.kind = 'hold'
group by h.id, h.amount having sum(r.amount) <> h.amount order by h.id limit :most
"""

_OUTCOMES = """
select o.award as at_row, o.points as booked_kept, coalesce(t.amount, 0) as booked_said,
    o.points + o.lost as proposed_kept, w.points as proposed_said
from award_outcome o join award w on w.id = o.award and w.community = o.community
left join transfer t on t.id = o.transfer and t.community = o.community and t.award = o.award
    and t.kind = 'earn'
where o.community = :community
    and (o.points <> coalesce(t.amount, 0) or o.points + o.lost <> w.points)
order by o.award limit :most
"""

_EARNED = """
select t.award as at_row, 0 as outcomes_kept, 1 as outcomes_said
from transfer t
where t.community = :community and t.kind = 'earn' and t.award is not null
    and not exists (select 1 from award_outcome o where o.award = t.award and +o.community = t.community)
order by t.award limit :most
"""

_CONFIRMED = """
select w.id as at_row, 0 as outcomes_kept, 1 as outcomes_said
from award w join attendance_decision d on d.attendance = w.attendance and d.community = w.community
    and d.decision = 'confirmed'
where w.community = :community
    and not exists (select 1 from award_outcome o where o.award = w.id and +o.community = w.community)
    and not exists (select 1 from attendance_decision r where r.attendance = w.attendance
        and +r.community = w.community and r.decision = 'reversed')
order by w.id limit :most
"""

_OPENINGS = """
select o.id as at_row, abs(o.points) as points_kept, coalesce(t.amount, 0) as points_said
from opening o left join transfer t on t.id = o.transfer and t.community = o.community
    and t.kind = case when o.reverses is null then 'opening' else 'reverse' end
where o.community = :community and abs(o.points) <> coalesce(t.amount, 0) order by o.id limit :most
"""

# A merge closes the account in the act of its last lines.
_CLOSED = """
select t.id as at_row, t.recorded_at as recorded_kept, a.closed_at as recorded_said
from points_account a join transfer t on t.account = a.id and t.community = a.community
where a.community = :community and a.closed_at is not null and t.recorded_at > a.closed_at
order by t.id limit :most
"""

CHECKS = (
    Check("accounts", "points_account", _ACCOUNTS),
    Check("running balances", "transfer", _RUNNING),
    Check("lots", "lot", _LOTS),
    Check("lots of a line", "transfer", _LINES),
    Check("accounts of lots", "lot", _OPENED),
    Check("accounts of lot uses", "lot_use", _USED),
    Check("closed accounts", "transfer", _CLOSED),
    Check("holds", "transfer", _HOLDS),
    Check("outcomes", "award_outcome", _OUTCOMES),
    Check("outcomes of lines", "award_outcome", _EARNED),
    Check("outcomes of what was confirmed", "award_outcome", _CONFIRMED),
    Check("paper books", "opening", _OPENINGS),
)
