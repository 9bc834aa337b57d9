"""Hours, times, queues, shelves and exchanges, from attendance and movements. One statement a check."""

from core.lifecycle.reconcile.faults import Check

_HOURS = """
select x.volunteer as at_row, cast(sum(x.minutes) as bigint) as minutes_kept,
    cast(sum(x.said) as bigint) as minutes_said
from (
    select v.id as volunteer, v.minutes, 0 as said from volunteer v where v.community = :community
    union all
    select coalesce(v.merged_into, v.id), 0, a.minutes
    from attendance a join volunteer v on v.id = a.volunteer and v.community = a.community
    where a.community = :community
        and exists (select 1 from attendance_decision d where d.attendance = a.id
            and +d.community = a.community and d.decision = 'confirmed')
        and not exists (select 1 from attendance_decision d where d.attendance = a.id
            and +d.community = a.community and d.decision = 'reversed')
    union all
    select coalesce(v.merged_into, v.id), 0, o.minutes
    from opening o join volunteer v on v.id = o.volunteer and v.community = o.community
    where o.community = :community
) as x
group by x.volunteer having sum(x.minutes) <> sum(x.said) order by x.volunteer limit :most
"""

_TIMES = """
select x.attendance as at_row, cast(sum(x.person) as bigint) as person_kept,
    cast(sum(x.person_said) as bigint) as person_said, cast(sum(x.from_at) as bigint) as from_kept,
    cast(sum(x.from_said) as bigint) as from_said, cast(sum(x.to_at) as bigint) as to_kept,
    cast(sum(x.to_said) as bigint) as to_said
from (
    select i.attendance, i.person, 0 as person_said, i.from_at, 0 as from_said, i.to_at, 0 as to_said
    from interval i where i.community = :community
    union all
    select a.id, 0, coalesce(p.merged_into, p.id), 0, a.from_at, 0, a.to_at
    from attendance a join person p on p.id = a.person
    where a.community = :community and a.from_at is not null
        and not exists (select 1 from attendance_decision d where d.attendance = a.id
            and +d.community = a.community and d.decision in ('returned', 'reversed'))
) as x
group by x.attendance
having sum(x.person) <> sum(x.person_said) or sum(x.from_at) <> sum(x.from_said)
    or sum(x.to_at) <> sum(x.to_said)
order by x.attendance limit :most
"""

_QUEUE = """
select x.attendance as at_row, cast(sum(x.volunteer) as bigint) as volunteer_kept,
    cast(sum(x.volunteer_said) as bigint) as volunteer_said, cast(sum(x.since_at) as bigint) as since_kept,
    cast(sum(x.since_said) as bigint) as since_said
from (
    select q.attendance, q.volunteer, 0 as volunteer_said, q.since_at, 0 as since_said
    from attendance_pending q where q.community = :community
    union all
    select a.id, 0, coalesce(v.merged_into, v.id), 0, a.recorded_at
    from attendance a join volunteer v on v.id = a.volunteer and v.community = a.community
    where a.community = :community and not exists (select 1 from attendance_decision d
        where d.attendance = a.id and +d.community = a.community)
) as x
group by x.attendance
having sum(x.volunteer) <> sum(x.volunteer_said) or sum(x.since_at) <> sum(x.since_said)
order by x.attendance limit :most
"""

_STOCK = """
select x.reward as at_row, cast(sum(x.stock) as bigint) as stock_kept,
    cast(sum(x.said) as bigint) as stock_said
from (
    select r.id as reward, r.stock, 0 as said from reward r where r.community = :community
    union all
    select m.reward, 0, m.quantity from stock_move m where m.community = :community
) as x
group by x.reward having sum(x.stock) <> sum(x.said) order by x.reward limit :most
"""

_SHELF = """
select s.id as at_row, s.stock_after as stock_kept, s.said as stock_said
from (
    select m.id, m.stock_after,
        cast(sum(m.quantity) over (partition by m.reward order by m.id) as bigint) as said
    from stock_move m where m.community = :community
) as s
where s.stock_after <> s.said order by s.id limit :most
"""

_HANDED = """
select m.id as at_row, m.reward as reward_kept, e.reward as reward_said, m.act as act_kept,
    case when m.reason = 'redeemed' then e.act else m.act end as act_said
from stock_move m join redemption e on e.id = m.redemption and e.community = m.community
where m.community = :community and (m.reward <> e.reward or (m.reason = 'redeemed' and m.act <> e.act))
order by m.id limit :most
"""

_EXCHANGES = """
select x.redemption as at_row, cast(sum(x.paid) as bigint) as paid_kept,
    cast(sum(x.paid_said) as bigint) as paid_said, cast(sum(x.pieces) as bigint) as pieces_kept,
    cast(sum(x.pieces_said) as bigint) as pieces_said
from (
    select e.id as redemption, case when s.step is null then e.points else 0 end as paid, 0 as paid_said,
        case when s.step is null then e.quantity else 0 end as pieces, 0 as pieces_said
    from redemption e left join redemption_step s on s.redemption = e.id and s.community = e.community
        and s.step = 'undone'
    where e.community = :community
    union all
    select t.redemption, 0, case t.kind when 'capture' then t.amount else -t.amount end, 0, 0
    from transfer t
    where t.community = :community and t.redemption is not null and t.kind in ('capture', 'refund')
    union all
    select m.redemption, 0, 0, 0, -m.quantity
    from stock_move m where m.community = :community and m.redemption is not null
) as x
group by x.redemption
having sum(x.paid) <> sum(x.paid_said) or sum(x.pieces) <> sum(x.pieces_said)
order by x.redemption limit :most
"""

_REQUESTS = """
select x.approval as at_row, cast(sum(x.requester) as bigint) as requester_kept,
    cast(sum(x.said) as bigint) as requester_said
from (
    select o.approval, o.requester, 0 as said from approval_open o where o.community = :community
    union all
    select a.id, 0, a.requester from approval a
    where a.community = :community
        and not exists (select 1 from approval_end e where e.approval = a.id and +e.community = a.community)
) as x
group by x.approval having sum(x.requester) <> sum(x.said) order by x.approval limit :most
"""

CHECKS = (
    Check("hours", "volunteer", _HOURS),
    Check("times", "interval", _TIMES),
    Check("review queue", "attendance_pending", _QUEUE),
    Check("stock", "reward", _STOCK),
    Check("shelf", "stock_move", _SHELF),
    Check("shelf of exchanges", "stock_move", _HANDED),
    Check("exchanges", "redemption", _EXCHANGES),
    Check("requests", "approval_open", _REQUESTS),
)
