-- People over the years: where they live, what posts they hold, what they agreed to, how they are found
-- among a hundred thousand, how they come and go; and files taken in.

-- Which act entered a row: an import that is undone takes back just its own.
alter table area add column act bigint references act (id);
alter table person add column act bigint references act (id);
alter table person add column died_on text check (length(died_on) = 10);
alter table person add column merged_into bigint references person (id);
alter table volunteer add column act bigint references act (id);
alter table volunteer add column sort text not null default '';  -- full pinyin: lists run through its index
alter table volunteer add column merged_into bigint references volunteer (id);
alter table volunteer add column left_why text
    check (left_why in ('own_wish', 'moved', 'died', 'merged', 'refused', 'other'));
alter table team add column act bigint references act (id);
alter table team_member add column act bigint references act (id);
create index volunteer_in_order on volunteer (community, status, sort, id);
create index volunteer_merged on volunteer (merged_into) where merged_into is not null;
create index attendance_by_day on attendance (volunteer, day);

-- What a volunteer is found by: his name, its pinyin and its initials, each from every syllable on, so that
-- the beginning of any part of it leads to him by one index.
create table volunteer_word (
    community bigint not null,
    word text not null,
    volunteer bigint not null,
    primary key (community, word, volunteer),
    foreign key (community, volunteer) references volunteer (community, id)
);
create index volunteer_word_by_volunteer on volunteer_word (volunteer, community);

-- Numbers that lead nowhere any more (a lost card) and are never given out again.
create table old_number (
    number text primary key,
    community bigint not null,
    volunteer bigint not null,
    why text not null check (why in ('lost', 'other')),
    act bigint not null references act (id),
    at bigint not null,
    foreign key (community, volunteer) references volunteer (community, id)
);

-- Where a volunteer lives: one place at a time, the earlier ones kept.
create table residence (
    id key,
    community bigint not null,
    volunteer bigint not null,
    area bigint not null,
    from_day text not null check (length(from_day) = 10),
    to_day text check (length(to_day) = 10),
    act bigint references act (id),
    foreign key (community, volunteer) references volunteer (community, id),
    foreign key (community, area) references area (community, id)
);
create unique index residence_current on residence (volunteer) where to_day is null;
create index residence_by_area on residence (area, volunteer) where to_day is null;
create index residence_by_volunteer on residence (volunteer);

-- An import that is undone removes what it entered: by these the database sees that nothing refers to it.
create index residence_of_volunteer on residence (volunteer, community);
create index residence_of_area on residence (area, community);
create index award_by_volunteer on award (volunteer, community);
create index activity_by_area on activity (area, community) where area is not null;

-- A move to another community: a code from the old one, typed in the new one.
create table relocation (
    id key,
    community bigint not null,
    volunteer bigint not null,
    code_hash text not null unique,
    created_at bigint not null,
    expires_at bigint not null,
    arrived_at bigint,
    arrived_in bigint references community (id),
    arrived_as bigint,
    act bigint not null references act (id),
    foreign key (community, volunteer) references volunteer (community, id),
    foreign key (arrived_in, arrived_as) references volunteer (community, id),
    check ((arrived_at is null) = (arrived_in is null)),
    check (arrived_in is null or arrived_in <> community)
);
create index relocation_by_volunteer on relocation (volunteer);

-- What a person agreed to, in which words, until he takes it back.
create table consent (
    id key,
    community bigint not null references community (id),
    person bigint not null references person (id),
    purpose text not null,
    version bigint not null check (version >= 1),   -- of the words he agreed to
    given_at bigint not null,
    taken_by bigint references person (id),         -- who wrote it down; null: he himself
    ended_at bigint,
    act bigint not null references act (id)
);
create unique index consent_current on consent (community, person, purpose) where ended_at is null;
create index consent_by_person on consent (person);

-- Posts: who holds which, for which area, from when to when. `level` is the place in the chain of
-- responsibility, 1 the highest; none: beside the chain.
create table post_kind (
    id key,
    community bigint not null references community (id),
    key text not null,
    name text not null,                 -- an English message id, or as the community typed it
    level bigint check (level between 1 and 9),
    place bigint not null default 100,  -- order in lists
    unique (community, key),
    unique (community, id)
);

create table post (
    id key,
    community bigint not null,
    public_id text not null unique,
    kind bigint not null,
    person bigint not null references person (id),
    area bigint not null,
    from_day text not null check (length(from_day) = 10),
    to_day text check (length(to_day) = 10),
    act bigint not null references act (id),
    unique (community, id),
    foreign key (community, kind) references post_kind (community, id),
    foreign key (community, area) references area (community, id)
);
create unique index post_current on post (area, kind, person) where to_day is null;
create index post_by_area on post (area);
create index post_by_person on post (person);

-- What a team has set itself to do each month, from a month on: so many activities, at least so many minutes
-- each on average.
create table team_duty (
    community bigint not null,
    team bigint not null,
    from_month text not null check (length(from_month) = 7),
    least bigint not null check (least between 0 and 99),
    most bigint not null check (most between 0 and 99),
    minutes bigint not null check (minutes between 0 and 1440),
    act bigint not null references act (id),
    primary key (team, from_month),
    foreign key (community, team) references team (community, id),
    check (most >= least)
);

-- Points and hours that stood in a paper book when the community began. `source` names the book.
create table opening (
    id key,
    community bigint not null,
    volunteer bigint not null,
    points bigint not null,
    minutes bigint not null,
    day text not null check (length(day) = 10),
    source text not null,
    reverses bigint references opening (id),
    transfer bigint references transfer (id),
    act bigint not null references act (id),
    at bigint not null,
    foreign key (community, volunteer) references volunteer (community, id),
    check (reverses is not null or (points between 0 and 1000000000 and minutes between 0 and 10000000)),
    check (points <> 0 or minutes <> 0)
);
create index opening_by_volunteer on opening (volunteer);
create unique index opening_reversed_once on opening (reverses) where reverses is not null;

-- A file on its way in. The content is sealed, and gone as soon as it is in or dropped.
create table import_run (
    id key,
    community bigint not null references community (id),
    public_id text not null unique,
    person bigint references person (id),           -- who brought it; null: the command line
    kind text not null,
    file_name text not null,
    digest text not null,
    state text not null check (state in
        ('read', 'checking', 'checked', 'wanted', 'done', 'failed', 'undone', 'dropped')),
    content text not null default '',
    choices text not null default '{}',             -- JSON: which column is what, who is the same as whom
    report text not null default '{}',              -- JSON: counts, and what is wrong where; no cell's text
    done bigint not null default 0,
    whole bigint not null default 0,
    act bigint references act (id),
    undone_by bigint references act (id),
    created_at bigint not null,
    changed_at bigint not null,
    unique (community, id)
);
create index import_run_by_community on import_run (community, id);
create index import_run_waiting on import_run (changed_at) where state in ('checking', 'wanted');

-- Which column a heading meant the last time.
create table import_heading (
    community bigint not null references community (id),
    kind text not null,
    heading text not null,
    column_key text not null,
    primary key (community, kind, heading)
);

-- Figures of communities, areas and teams, counted by a job and shown with the time they are of.
create table tally (
    community bigint not null references community (id),
    subject text not null check (subject in ('community', 'area', 'team')),
    subject_id bigint not null,
    name text not null,
    value bigint not null,
    as_of bigint not null,
    primary key (community, subject, subject_id, name)
);

-- Lists of what a programme did, and of what was handed over in a month.
create index activity_by_programme on activity (community, programme, from_at);
create index redemption_by_time on redemption (community, at);

-- Who was ever in a team; whether a kind of post was ever used.
create index team_member_by_team on team_member (team);
create index post_by_kind on post (kind);

-- @postgres
alter table area alter column path type text collate "C";
alter table volunteer_word alter column word type text collate "C";
alter table volunteer alter column sort type text collate "C";
-- @both
-- @append_only opening, old_number
