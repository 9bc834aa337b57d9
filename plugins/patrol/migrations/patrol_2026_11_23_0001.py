"""The first tables: shifts, who walked with whom, findings."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from core.api import schema_migration

ID = "2026-11-23T00:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "shifts, pairs, findings"

SQL = """
create table patrol_shift (
    id key,
    community bigint not null references community (id),
    public_id text not null unique,
    activity bigint not null unique,
    route text not null,
    clues bigint not null default 0 check (clues between 0 and 1000),
    act bigint not null references act (id),
    unique (community, id),
    foreign key (community, activity) references activity (community, id)
);
create index patrol_shift_by_community on patrol_shift (community, id);

create table patrol_pair (
    shift bigint not null,
    community bigint not null,
    pair bigint not null check (pair >= 1),
    volunteer bigint not null,
    primary key (shift, volunteer),
    foreign key (community, shift) references patrol_shift (community, id),
    foreign key (community, volunteer) references volunteer (community, id)
);
create index patrol_pair_by_volunteer on patrol_pair (volunteer);

create table patrol_finding (
    id key,
    community bigint not null,
    shift bigint not null,
    text text not null,
    foreign key (community, shift) references patrol_shift (community, id)
);
create index patrol_finding_by_shift on patrol_finding (shift);
"""


async def forwards() -> MigrationManager:
    return schema_migration("patrol", ID, DESCRIPTION, SQL)
