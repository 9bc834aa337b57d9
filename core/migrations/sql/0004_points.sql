-- The book. A transfer is one row with a debit and a credit account, so that an unbalanced
-- entry cannot be said. Amounts are whole points.

create table rule_sheet (
    id key,
    community bigint not null references community (id),
    programme text not null,
    version bigint not null check (version >= 1),
    from_day text not null check (length(from_day) = 10),
    rules text not null,                -- JSON of the programme's rules struct
    publisher bigint references person (id),
    act bigint not null references act (id),
    at bigint not null,
    unique (community, programme, version),
    unique (community, id)
);

-- Lines a rule proposed for an attendance. They are posted when it is confirmed.
create table award (
    id key,
    community bigint not null,
    attendance bigint not null,
    volunteer bigint not null,
    programme text not null,
    rule text not null,
    sheet bigint not null,
    points bigint not null check (points between 1 and 1000000000),
    inputs text not null,               -- JSON: all that the rule read
    message text not null,
    arguments text not null default '{}',
    text text not null,                 -- rendered once, without names, readable when the programme is gone
    day text not null check (length(day) = 10),
    act bigint not null references act (id),
    unique (attendance, rule),
    unique (community, id),
    foreign key (community, attendance) references attendance (community, id),
    foreign key (community, volunteer) references volunteer (community, id),
    foreign key (community, sheet) references rule_sheet (community, id)
);

create table award_waiting (
    attendance bigint primary key,
    community bigint not null,
    programme text not null,
    error text not null,
    attempts bigint not null default 1,
    next_at bigint not null,
    foreign key (community, attendance) references attendance (community, id)
);

create table points_account (
    id key,
    community bigint not null references community (id),
    kind text not null check (kind in ('member', 'issued', 'redeemed', 'expired', 'debt', 'adjusted', 'opening')),
    volunteer bigint,
    posted bigint not null default 0 check (posted between 0 and 9007199254740991),
    held bigint not null default 0 check (held >= 0),
    debt bigint not null default 0 check (debt between 0 and 9007199254740991),
    version bigint not null default 0,
    closed_at bigint,
    unique (community, id),
    foreign key (community, volunteer) references volunteer (community, id),
    check ((kind = 'member') = (volunteer is not null)),
    check (posted - held >= 0)
);
create unique index points_account_member on points_account (volunteer) where volunteer is not null;
create unique index points_account_system on points_account (community, kind) where volunteer is null;

create table transfer (
    id key,
    community bigint not null,
    public_id text not null unique,
    act bigint not null references act (id),
    kind text not null check (kind in ('earn', 'hold', 'capture', 'release', 'expire', 'reverse', 'refund',
        'debt', 'repay', 'adjust', 'gift', 'merge', 'rerate', 'opening')),
    debit bigint not null,
    credit bigint not null,
    amount bigint not null check (amount between 1 and 1000000000),
    effective_at bigint not null,
    recorded_at bigint not null,
    award bigint,
    redemption bigint,
    hold bigint references transfer (id),
    reverses bigint references transfer (id),
    approval bigint references approval (id),
    actor bigint,                       -- who did it; null: the system
    approver bigint,                    -- who confirmed, where a second person did
    account bigint not null,            -- the member's account this line belongs to
    version bigint not null,            -- the account's version after it: no gap, no twin
    posted_after bigint not null,
    held_after bigint not null,
    message text not null,
    arguments text not null default '{}',
    text text not null,                 -- rendered once, without names
    unique (community, id),
    unique (account, version),
    foreign key (community, debit) references points_account (community, id),
    foreign key (community, credit) references points_account (community, id),
    foreign key (community, account) references points_account (community, id),
    foreign key (community, award) references award (community, id),
    check (debit <> credit),
    check (account in (debit, credit)),
    check ((kind in ('capture', 'release')) = (hold is not null)),
    check (kind not in ('reverse', 'refund') or reverses is not null),
    check (actor is null or approver is null or actor <> approver)
);
create index transfer_statement on transfer (account, id);
create index transfer_by_community on transfer (community, id);
create unique index transfer_earned_once on transfer (award) where kind = 'earn';
create unique index transfer_resolved_once on transfer (hold, kind) where hold is not null;
create unique index transfer_reversed_once on transfer (reverses, kind) where reverses is not null;

-- What became of a proposed line: posted whole, or cut by a cap, perhaps to nothing.
create table award_outcome (
    award bigint primary key,
    community bigint not null,
    transfer bigint references transfer (id),
    points bigint not null check (points >= 0),
    cap text,                           -- the cap that bit
    lost bigint not null default 0 check (lost >= 0),
    act bigint not null references act (id),
    foreign key (community, award) references award (community, id),
    check ((points > 0) = (transfer is not null)),
    check ((lost > 0) = (cap is not null))
);

create table lot (
    id key,
    community bigint not null,
    account bigint not null,
    transfer bigint not null unique references transfer (id),
    amount bigint not null check (amount > 0),
    remaining bigint not null,          -- not spent and not held
    expires_at bigint,
    unique (community, id),
    foreign key (community, account) references points_account (community, id),
    check (remaining >= 0 and remaining <= amount)
);
create index lot_spending_order on lot (account, expires_at, id) where remaining > 0;

create table lot_use (
    id key,
    community bigint not null,
    lot bigint not null,
    transfer bigint not null references transfer (id),
    amount bigint not null check (amount <> 0),   -- taken; negative: given back
    unique (lot, transfer),
    foreign key (community, lot) references lot (community, id)
);
create index lot_use_by_transfer on lot_use (transfer);

create table cap_counter (
    community bigint not null,
    volunteer bigint not null,
    cap text not null,                  -- '<programme>.<cap>'
    span text not null,                 -- '2026-11-23', '2026-11', '2026-Q4', 'activity:17' ...
    used bigint not null check (used >= 0),
    most bigint not null,
    primary key (volunteer, cap, span),
    foreign key (community, volunteer) references volunteer (community, id),
    check (used <= most)
);

-- A volunteer's months, moved in the same act: the bars on the home page.
create table volunteer_month (
    community bigint not null,
    volunteer bigint not null,
    month text not null check (length(month) = 7),
    earned bigint not null default 0,
    spent bigint not null default 0,
    minutes bigint not null default 0,
    primary key (volunteer, month),
    foreign key (community, volunteer) references volunteer (community, id)
);

-- @append_only rule_sheet, award, transfer, award_outcome, lot_use
