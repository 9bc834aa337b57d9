-- Who and where. Names are ordinary columns that can be blanked; everything else about a
-- person that could identify him is sealed with his own key (person_secret).

create table area (
    id key,
    public_id text not null unique,
    parent bigint references area (id),
    community bigint,                   -- the community this node belongs to, if it is in one
    kind text not null,                 -- county, street, community, station, grid, building ...
    name text not null,
    path text not null unique,          -- '/1/5/12/': ids from the root, so a subtree is a prefix
    households bigint check (households >= 0),   -- stated figures, not counted ones
    residents bigint check (residents >= 0),
    created_at bigint not null,
    unique (community, id)
);
create index area_by_parent on area (parent);

create table community (
    id key,
    slug text not null unique check (length(slug) between 2 and 40),
    name text not null,
    area bigint not null unique references area (id),
    zone text not null default 'Asia/Shanghai',
    locale text not null default 'zh-Hans',
    help_phone text not null default '',
    settings text not null default '{}',
    version bigint not null default 1,  -- moves with settings, plugins and rules; caches key on it
    created_at bigint not null,
    closed_at bigint
);

create table holiday (
    community bigint not null references community (id),
    day text not null check (length(day) = 10),
    name text not null,
    kind text not null check (kind in ('holiday', 'workday')),
    primary key (community, day)
);

create table community_plugin (
    community bigint not null references community (id),
    plugin text not null,
    enabled bigint not null check (enabled in (0, 1)),
    settings text not null default '{}',
    changed_at bigint not null,
    primary key (community, plugin)
);

create table person (
    id key,
    public_id text not null unique,
    name text not null default '',
    search text not null default '',    -- name, full pinyin and initials, lower case; blanked with the name
    locale text not null default '',
    size text not null default '' check (size in ('', 'elder')),
    theme text not null default '' check (theme in ('', 'light', 'dark')),
    access_version bigint not null default 1,   -- moves with roles, relations and disabling
    created_at bigint not null,
    disabled_at bigint,
    erased_at bigint
);

create table person_key (
    person bigint primary key references person (id),
    wrapped text not null              -- the person's data key under the master key; deleting it erases
);

create table person_secret (
    person bigint not null references person (id),
    field text not null,
    sealed text not null,
    primary key (person, field)
);

create table person_lookup (
    kind text not null,                 -- 'phone', 'phone4' (last four digits), 'id_number'
    hash text not null,
    person bigint not null references person (id),
    primary key (kind, hash, person)
);
create index person_lookup_by_person on person_lookup (person);

create table credential (
    person bigint primary key references person (id),
    password text not null,             -- argon2id
    changed_at bigint not null
);

create table household (
    id key,
    community bigint not null references community (id),
    public_id text not null unique,
    area bigint,
    created_at bigint not null,
    unique (community, id),
    foreign key (community, area) references area (community, id)
);

create table household_member (
    id key,
    community bigint not null,
    household bigint not null,
    person bigint not null references person (id),
    kinship text not null default '',
    from_day text not null check (length(from_day) = 10),
    to_day text check (length(to_day) = 10),
    foreign key (community, household) references household (community, id)
);
create unique index household_member_current on household_member (household, person) where to_day is null;
create index household_member_by_person on household_member (person);

create table relation (
    id key,
    community bigint not null references community (id),
    person bigint not null references person (id),
    subject bigint not null references person (id),
    kind text not null,
    from_day text not null check (length(from_day) = 10),
    to_day text check (length(to_day) = 10),
    check (person <> subject)
);
create index relation_by_person on relation (person);
create index relation_by_subject on relation (subject);

create table volunteer (
    id key,
    community bigint not null references community (id),
    person bigint not null references person (id),
    number text not null unique,
    status text not null default 'active' check (status in ('applied', 'active', 'left')),
    minutes bigint not null default 0 check (minutes >= 0),   -- confirmed service, kept
    joined_on text not null check (length(joined_on) = 10),
    left_on text check (length(left_on) = 10),
    unique (community, id),
    unique (community, person)
);
create index volunteer_by_person on volunteer (person);

create table team (
    id key,
    community bigint not null references community (id),
    public_id text not null unique,
    area bigint,
    name text not null,
    category text not null default '',
    created_at bigint not null,
    closed_at bigint,
    unique (community, id),
    foreign key (community, area) references area (community, id)
);
create unique index team_name on team (community, name) where closed_at is null;

create table team_member (
    id key,
    community bigint not null,
    team bigint not null,
    volunteer bigint not null,
    role text not null default 'member' check (role in ('member', 'leader', 'deputy')),
    from_day text not null check (length(from_day) = 10),
    to_day text check (length(to_day) = 10),
    foreign key (community, team) references team (community, id),
    foreign key (community, volunteer) references volunteer (community, id)
);
create unique index team_member_current on team_member (team, volunteer) where to_day is null;
create index team_member_by_volunteer on team_member (volunteer);

create table role (
    id key,
    community bigint references community (id),   -- null: the same everywhere
    key text not null,
    name text not null,
    permissions text not null           -- JSON array of permission names
);
create unique index role_key on role (coalesce(community, 0), key);

create table role_grant (
    id key,
    person bigint not null references person (id),
    role bigint not null references role (id),
    community bigint references community (id),
    area bigint references area (id),   -- the subtree it reaches; null: the whole community
    team bigint,
    counter bigint,
    from_at bigint not null,
    to_at bigint,
    granted_by bigint,
    act bigint references act (id),
    foreign key (community, team) references team (community, id)
);
create index role_grant_by_person on role_grant (person);
create index role_grant_by_community on role_grant (community);

create table approval (
    id key,
    community bigint not null references community (id),
    public_id text not null unique,
    kind text not null,
    subject text not null,
    subject_id bigint not null,
    requester bigint not null references person (id),
    beneficiary bigint references person (id),
    inputs text not null default '{}',
    reason text not null,
    act bigint not null references act (id),
    at bigint not null,
    expires_at bigint,
    unique (community, id),
    unique (id, requester)
);

create table approval_decision (
    approval bigint not null,
    community bigint not null,
    requester bigint not null,
    approver bigint not null references person (id),
    beneficiary bigint,
    decision text not null check (decision in ('approved', 'refused', 'withdrawn')),
    reason text not null default '',
    act bigint not null references act (id),
    at bigint not null,
    primary key (approval, approver),
    foreign key (community, approval) references approval (community, id),
    foreign key (approval, requester) references approval (id, requester),
    check (decision = 'withdrawn' or approver <> requester),
    check (decision = 'withdrawn' or beneficiary is null or approver <> beneficiary)
);

-- @append_only approval, approval_decision
