-- What was done. Attendance and decisions about it are never changed: a correction is a new row.

create table activity (
    id key,
    community bigint not null references community (id),
    public_id text not null unique,
    programme text not null,            -- the plugin that owns it
    kind text not null,
    team bigint,
    area bigint,
    title text not null,
    place text not null default '',
    from_at bigint not null,
    to_at bigint not null,
    status text not null default 'held' check (status in ('planned', 'held', 'cancelled')),
    act bigint not null references act (id),
    unique (community, id),
    foreign key (community, team) references team (community, id),
    foreign key (community, area) references area (community, id),
    check (to_at > from_at)
);
create index activity_by_time on activity (community, from_at);
create index activity_by_team on activity (team, from_at);

create table attendance (
    id key,
    community bigint not null,
    public_id text not null unique,
    activity bigint not null,
    volunteer bigint not null,
    person bigint not null references person (id),
    from_at bigint,
    to_at bigint,
    minutes bigint not null check (minutes between 0 and 44640),
    counts text not null default '{}',  -- JSON: named whole numbers (clues, items, children)
    fields text not null default '{}',  -- JSON: what the programme's rules read
    evidence text not null check (evidence in ('scanned', 'roster', 'paper', 'self', 'imported')),
    recorder bigint not null references person (id),
    recorded_at bigint not null,
    day text not null check (length(day) = 10),    -- the day it counts for, in the community's zone
    late bigint not null default 0 check (late in (0, 1)),
    corrects bigint references attendance (id),
    act bigint not null references act (id),
    unique (community, id),
    unique (id, recorder),
    foreign key (community, activity) references activity (community, id),
    foreign key (community, volunteer) references volunteer (community, id),
    check ((from_at is null) = (to_at is null)),
    check (to_at is null or (to_at > from_at and minutes * 60000 <= to_at - from_at))
);
create index attendance_by_volunteer on attendance (volunteer, id);
create index attendance_by_activity on attendance (activity);

create table attendance_decision (
    id key,
    community bigint not null,
    attendance bigint not null,
    decision text not null check (decision in ('confirmed', 'returned', 'reversed')),
    decider bigint references person (id),   -- null: the community's policy confirms at once
    reason text not null default '',
    approval bigint references approval (id),
    act bigint not null references act (id),
    at bigint not null,
    unique (attendance, decision),
    foreign key (community, attendance) references attendance (community, id)
);

-- Attendance that waits for a decision; a projection, so that the queue is read by index.
create table attendance_pending (
    attendance bigint primary key,
    community bigint not null,
    volunteer bigint not null,
    programme text not null,
    team bigint,
    since_at bigint not null,
    foreign key (community, attendance) references attendance (community, id)
);
create index attendance_pending_own on attendance_pending (volunteer);
create index attendance_pending_queue on attendance_pending (community, since_at);

-- Where a person was, across all communities: no two of them may overlap.
create table interval (
    attendance bigint primary key references attendance (id),
    person bigint not null references person (id),
    community bigint not null,
    from_at bigint not null,
    to_at bigint not null,
    check (to_at > from_at)
);
create index interval_by_person on interval (person, from_at);

-- @postgres
create extension if not exists btree_gist;
alter table interval add constraint interval_no_overlap
    exclude using gist (person with =, int8range(from_at, to_at) with &&);
-- @sqlite
create trigger interval_no_overlap before insert on interval
when exists (select 1 from interval o where o.person = new.person
             and o.from_at < new.to_at and o.to_at > new.from_at)
begin select raise(abort, 'interval_no_overlap'); end;
create trigger interval_no_move before update on interval
begin select raise(abort, 'interval rows are removed and made anew, never moved'); end;
-- @both
-- @append_only attendance, attendance_decision
