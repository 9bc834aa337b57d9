-- Ways in: printed slips, cards and PINs for those without a telephone, a second factor, the first operator,
-- and waits after wrong tries.

-- A printed slip lets its person choose a password, once. Of one purpose only one is open at a time.
create table slip (
    id key,
    community bigint references community (id),     -- null: printed by the command line
    public_id text not null unique,
    person bigint not null references person (id),
    purpose text not null check (purpose in ('invite', 'reset')),
    code_hash text not null unique,     -- keyed; the code itself is on paper only
    drops_factor bigint not null default 0 check (drops_factor in (0, 1)),  -- the lost app's codes go too
    made_by bigint references person (id),
    made_at bigint not null,
    expires_at bigint not null,
    used_at bigint,
    ended_at bigint,                    -- taken back, or another took its place
    act bigint not null references act (id),
    check (expires_at > made_at),
    check (used_at is null or ended_at is null)
);
create unique index slip_open on slip (person, purpose) where used_at is null and ended_at is null;
create index slip_by_community on slip (community, id);

-- Six digits somebody without a telephone types at the counter. Hashed with a key of the community.
create table pin (
    person bigint primary key references person (id),
    community bigint not null references community (id),    -- where it was set
    hash text not null,                 -- argon2id
    changed_at bigint not null,
    act bigint not null references act (id)
);

-- The code on a volunteer card: a random token, good for the number it was printed with.
create table card (
    id key,
    community bigint not null,
    volunteer bigint not null,
    number text not null,
    public_id text not null unique,
    token_hash text not null unique,
    made_at bigint not null,
    ended_at bigint,
    act bigint not null references act (id),
    foreign key (community, volunteer) references volunteer (community, id)
);
create unique index card_current on card (volunteer) where ended_at is null;

-- A look at somebody's account at the counter, with him standing there: some minutes, on one screen.
create table visit (
    id key,
    community bigint not null,
    public_id text not null unique,
    volunteer bigint not null,
    person bigint not null references person (id),
    helper bigint not null references person (id),   -- the clerk or worker whose screen it is
    session bigint not null,
    by_card bigint not null check (by_card in (0, 1)),
    opened_at bigint not null,
    expires_at bigint not null,
    closed_at bigint,
    act bigint not null references act (id),
    foreign key (community, volunteer) references volunteer (community, id)
);

-- The app that gives a new code every half minute; its secret is sealed with the person's own key.
create table second_factor (
    person bigint primary key references person (id),
    since_at bigint not null,
    last_step bigint not null           -- of the last code taken: each is worth something once
);

create table recovery_code (
    person bigint not null references person (id),
    hash text not null,
    primary key (person, hash)
);

-- The address printed on first start, through which the first operator comes in.
create table first_token (
    hash text primary key,
    expires_at bigint not null
);

-- Wrong tries at something secret: after the free ones each makes the next wait longer, up to `longest`.
create table guess (
    bucket text primary key,
    free bigint not null,
    step bigint not null,
    longest bigint not null,
    count bigint not null,
    next_at bigint not null,
    forget_at bigint not null,
    refused bigint not null default 0   -- since the last one that was looked at
);
