-- What points buy.

create table reward (
    id key,
    community bigint not null references community (id),
    public_id text not null unique,
    name text not null,
    description text not null default '',
    price bigint not null check (price between 1 and 1000000000),
    stock bigint not null default 0 check (stock >= 0),
    per_person bigint check (per_person > 0),     -- most a person may take in a calendar month
    status text not null default 'offered' check (status in ('offered', 'withdrawn')),
    created_at bigint not null,
    unique (community, id)
);
create index reward_by_community on reward (community, status, price);

create table counter (
    id key,
    community bigint not null references community (id),
    public_id text not null unique,
    name text not null,
    place text not null default '',
    hours text not null default '',
    unique (community, id)
);

create table redemption (
    id key,
    community bigint not null,
    public_id text not null unique,
    volunteer bigint not null,
    person bigint not null references person (id),
    reward bigint not null,
    reward_name text not null,
    counter bigint,
    quantity bigint not null check (quantity between 1 and 999),
    price bigint not null check (price > 0),
    points bigint not null,
    clerk bigint not null references person (id),
    act bigint not null references act (id),
    at bigint not null,
    unique (community, id),
    foreign key (community, volunteer) references volunteer (community, id),
    foreign key (community, reward) references reward (community, id),
    foreign key (community, counter) references counter (community, id),
    check (points = price * quantity),
    check (clerk <> person)
);
create index redemption_by_volunteer on redemption (volunteer, id);
create index redemption_by_community on redemption (community, id);

create table redemption_step (
    id key,
    community bigint not null,
    redemption bigint not null,
    step text not null check (step in ('collected', 'undone')),
    actor bigint not null references person (id),
    reason text not null default '',
    act bigint not null references act (id),
    at bigint not null,
    unique (redemption, step),
    foreign key (community, redemption) references redemption (community, id)
);

create table stock_move (
    id key,
    community bigint not null,
    reward bigint not null,
    quantity bigint not null check (quantity <> 0),
    stock_after bigint not null check (stock_after >= 0),
    reason text not null check (reason in ('received', 'redeemed', 'undone', 'counted', 'spoiled')),
    redemption bigint,
    actor bigint,
    act bigint not null references act (id),
    at bigint not null,
    foreign key (community, reward) references reward (community, id),
    foreign key (community, redemption) references redemption (community, id)
);
create index stock_move_by_reward on stock_move (reward, id);

-- @append_only redemption, redemption_step, stock_move
