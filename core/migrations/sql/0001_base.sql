-- What every part of the house stands on: acts, audit, events, jobs, sessions, notices.
-- Written once for both engines; core/base/schema.py turns the few words that differ
-- (key, bigint, bytes, @append_only) into PostgreSQL or SQLite. Times are integers:
-- milliseconds since 1970 UTC (*_at); days are 'YYYY-MM-DD' in the community's zone (*_on, *_day).

create table act (
    id key,
    actor bigint,                       -- person who did it; null: nobody signed in, or the system
    request_id text not null check (length(request_id) between 8 and 100),
    name text not null,
    community bigint,
    digest text not null,               -- keyed digest of name and inputs, never the inputs
    at bigint not null
);
create unique index act_once on act (coalesce(actor, 0), request_id);
create index act_by_community on act (community, id);

create table act_answer (
    act bigint primary key references act (id),
    answer text not null                -- JSON: ids and counts, never names
);

create table audit (
    id key,
    act bigint references act (id),
    community bigint,
    actor bigint,
    on_behalf bigint,
    action text not null,
    subject text not null default '',
    subject_id bigint,
    result text not null check (result in ('done', 'refused')),
    detail text not null default '{}',  -- JSON: ids, counts, message ids
    at bigint not null
);
create index audit_by_community on audit (community, id);
create index audit_by_subject on audit (subject, subject_id);

create table event (
    id key,
    act bigint not null references act (id),
    community bigint,
    name text not null,
    subject text not null,              -- deliveries of one subject keep their order
    payload text not null,              -- JSON: ids and counts, never names
    at bigint not null
);

create table delivery (
    event bigint not null references event (id),
    consumer text not null,
    subject text not null,
    state text not null default 'waiting' check (state in ('waiting', 'dead')),
    attempts bigint not null default 0,
    next_at bigint not null,
    error text not null default '',
    primary key (event, consumer)
);
create index delivery_due on delivery (state, next_at, event);
create index delivery_in_order on delivery (consumer, subject, event);

create table lease (
    name text primary key,
    holder text not null,
    until_at bigint not null
);

create table job (
    name text primary key,
    next_at bigint not null,
    started_at bigint,
    finished_at bigint,
    attempts bigint not null default 0,
    error text not null default ''
);

create table session (
    id key,
    token_hash text not null unique,
    person bigint not null,
    created_at bigint not null,
    seen_at bigint not null,
    expires_at bigint not null,
    stepped_up_at bigint,
    agent text not null default ''
);
create index session_by_person on session (person);

create table throttle (
    bucket text primary key,
    count bigint not null,
    until_at bigint not null
);

create table notice (
    id key,
    community bigint,
    person bigint not null,
    kind text not null,
    message text not null,              -- message id; the reader's language decides the words
    arguments text not null default '{}',
    href text not null default '',
    act bigint references act (id),
    at bigint not null,
    read_at bigint
);
create index notice_by_person on notice (person, id);

-- @append_only act, act_answer, audit, event
