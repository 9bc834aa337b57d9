-- The book's time: points that end, holds that end, gifts, star levels, months that are closed.

-- Null: a line counts when it was effective. Else the month it was effective in was closed already, and it
-- counts from this moment, the first of the months that were open.
alter table transfer add column booked_at bigint;
create index transfer_by_booking on transfer (community, coalesce(booked_at, effective_at));

create index lot_by_end on lot (expires_at) where remaining > 0 and expires_at is not null;

-- Points that came back to a lot which was over meanwhile: it lasts some days more.
create table lot_grace (
    id key,
    community bigint not null,
    lot bigint not null,
    transfer bigint not null,
    was_at bigint not null,             -- its end before; the first of a lot's is what its line sealed
    expires_at bigint not null,
    unique (lot, transfer),
    foreign key (community, lot) references lot (community, id),
    foreign key (community, transfer) references transfer (community, id)
);

-- Who was told that points of his end at this moment; told once.
create table expiry_told (
    account bigint not null,
    expires_at bigint not null,
    community bigint not null,
    act bigint not null references act (id),
    primary key (account, expires_at),
    foreign key (community, account) references points_account (community, id)
);

-- Holds that stand by themselves and end by a job; a projection.
create table hold_open (
    hold bigint primary key,
    community bigint not null,
    until_at bigint not null,
    foreign key (community, hold) references transfer (community, id)
);
create index hold_open_ends on hold_open (until_at);

-- Points one volunteer gives another: set aside until the other accepts.
create table gift (
    id key,
    community bigint not null,
    public_id text not null unique,
    giver bigint not null,
    receiver bigint not null,
    points bigint not null check (points between 1 and 1000000000),
    hold bigint not null unique,
    act bigint not null references act (id),
    at bigint not null,
    ends_at bigint not null,
    unique (community, id),
    foreign key (community, giver) references volunteer (community, id),
    foreign key (community, receiver) references volunteer (community, id),
    foreign key (community, hold) references transfer (community, id),
    check (giver <> receiver)
);
create index gift_by_giver on gift (giver, id);
create index gift_by_receiver on gift (receiver, id);

create table gift_open (
    gift bigint primary key,
    community bigint not null,
    ends_at bigint not null,
    foreign key (community, gift) references gift (community, id)
);
create index gift_open_ends on gift_open (ends_at);

create table gift_end (
    gift bigint primary key,
    community bigint not null,
    result text not null check (result in ('accepted', 'declined', 'withdrawn', 'expired')),
    act bigint not null references act (id),
    at bigint not null,
    foreign key (community, gift) references gift (community, id)
);

-- Star levels follow confirmed minutes, never points; kept, and moved in the act that moves the minutes.
alter table volunteer add column stars bigint not null default 0 check (stars between 0 and 20);
-- everywhere (volunteer): a level for each who has served already
update volunteer set stars = case when minutes >= 90000 then 5 when minutes >= 60000 then 4
    when minutes >= 36000 then 3 when minutes >= 18000 then 2 when minutes >= 6000 then 1 else 0 end;

create table star_change (
    id key,
    community bigint not null,
    volunteer bigint not null,
    stars bigint not null check (stars between 0 and 20),
    minutes bigint not null,
    act bigint not null references act (id),
    at bigint not null,
    foreign key (community, volunteer) references volunteer (community, id)
);
create index star_change_by_volunteer on star_change (volunteer, id);

-- A span of months that was closed, with what stood then. Closed without a gap, one after the other.
create table period (
    id key,
    community bigint not null references community (id),
    public_id text not null unique,
    first_day text not null check (length(first_day) = 10),
    last_day text not null check (length(last_day) = 10),
    since_at bigint not null,
    until_at bigint not null,
    closer bigint references person (id),
    act bigint not null references act (id),
    at bigint not null,
    unique (community, id),
    check (since_at < until_at and first_day <= last_day)
);
create index period_by_end on period (community, until_at);

create table period_reopened (
    period bigint primary key,
    community bigint not null,
    approval bigint not null unique,
    act bigint not null references act (id),
    at bigint not null,
    foreign key (community, period) references period (community, id),
    foreign key (community, approval) references approval (community, id)
);

create table period_balance (
    id key,
    community bigint not null,
    period bigint not null,
    account bigint not null,
    posted bigint not null,
    held bigint not null,
    debt bigint not null,
    unique (period, account),
    foreign key (community, period) references period (community, id),
    foreign key (community, account) references points_account (community, id)
);

create table period_total (
    id key,
    community bigint not null,
    period bigint not null,
    kind text not null,
    lines bigint not null,
    late bigint not null,               -- lines whose own month was closed already
    came bigint not null,               -- points to members
    went bigint not null,               -- points from members
    unique (period, kind),
    foreign key (community, period) references period (community, id)
);

-- Closed is closed: no line is booked into a closed month, and an adjustment has two persons and a request.
-- @sqlite
create trigger transfer_in_open_book after insert on transfer
when coalesce(new.booked_at, new.effective_at) < (
    select p.until_at from period p where p.community = new.community
        and not exists (select 1 from period_reopened r where r.period = p.id)
    order by p.until_at desc limit 1)
begin select raise(abort, 'transfer_in_closed_period'); end;
create trigger transfer_adjusted_by_two after insert on transfer
when new.kind = 'adjust' and (new.approval is null or new.actor is null or new.approver is null)
begin select raise(abort, 'transfer_adjusted_by_two'); end;
create trigger period_in_order after insert on period
when new.since_at <> coalesce((
    select p.until_at from period p where p.community = new.community and p.id <> new.id
        and not exists (select 1 from period_reopened r where r.period = p.id)
    order by p.until_at desc limit 1), 0)
begin select raise(abort, 'period_in_order'); end;
create trigger period_reopened_by_two after insert on period_reopened
when not exists (select 1 from approval_decision d join approval a on a.id = d.approval
        where d.approval = new.approval and d.decision = 'approved' and a.subject = 'period'
            and a.subject_id = new.period)
    or exists (select 1 from period p join period q on q.community = p.community and q.until_at > p.until_at
        where p.id = new.period and not exists (select 1 from period_reopened r where r.period = q.id))
begin select raise(abort, 'period_reopened_by_two'); end;
-- @postgres
create function transfer_in_open_book() returns trigger language plpgsql as $$
begin
    -- Whoever records holds this together with all others who record; whoever closes holds it alone, so
    -- that no line comes between the sums of a month and its end.
    perform pg_advisory_xact_lock_shared(7310, (f.community % 2147483647)::int)
        from (select distinct community from fresh) f;
    if exists (select 1 from fresh f where coalesce(f.booked_at, f.effective_at) < (
            select p.until_at from period p where p.community = f.community
                and not exists (select 1 from period_reopened r where r.period = p.id)
            order by p.until_at desc limit 1)) then
        -- Closed while this act was at work: it is done again and sees it (serialization_failure).
        raise exception 'transfer_in_closed_period' using errcode = '40001';
    end if;
    if exists (select 1 from fresh f where f.kind = 'adjust'
            and (f.approval is null or f.actor is null or f.approver is null)) then
        raise exception 'transfer_adjusted_by_two' using errcode = '23514';
    end if;
    return null;
end $$;
create trigger transfer_in_open_book after insert on transfer referencing new table as fresh
for each statement execute function transfer_in_open_book();
create function period_in_order() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(7310, (new.community % 2147483647)::int);
    if new.since_at <> coalesce((select p.until_at from period p where p.community = new.community
            and p.id <> new.id and not exists (select 1 from period_reopened r where r.period = p.id)
            order by p.until_at desc limit 1), 0) then
        raise exception 'period_in_order' using errcode = '23514', constraint = 'period_in_order';
    end if;
    return new;
end $$;
create trigger period_in_order after insert on period for each row execute function period_in_order();
create function period_reopened_by_two() returns trigger language plpgsql as $$
begin
    if not exists (select 1 from approval_decision d join approval a on a.id = d.approval
            where d.approval = new.approval and d.decision = 'approved' and a.subject = 'period'
                and a.subject_id = new.period)
        or exists (select 1 from period p join period q on q.community = p.community
                and q.until_at > p.until_at where p.id = new.period
                and not exists (select 1 from period_reopened r where r.period = q.id)) then
        raise exception 'period_reopened_by_two' using errcode = '23514';
    end if;
    return new;
end $$;
create trigger period_reopened_by_two after insert on period_reopened
for each row execute function period_reopened_by_two();
-- @both

-- @append_only lot_grace, gift, gift_end, star_change, period, period_reopened, period_balance, period_total
