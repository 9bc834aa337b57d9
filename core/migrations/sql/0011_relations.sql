-- A request for approval keeps its words, without names, so that it reads on after its programme is gone.
alter table approval add column title text not null default '';
alter table approval add column text text not null default '';

-- One person is one other's guardian (or collector …) once at a time.
create unique index relation_current on relation (community, person, subject, kind) where to_day is null;

-- Who took an exchange home where it was not the volunteer himself.
alter table redemption add column collector bigint references person (id);
