-- A code sent by e-mail stands beside a printed slip: who did not ask for it loses nothing.
drop index slip_open;

alter table slip add column mailed bigint not null default 0 check (mailed in (0, 1));

create unique index slip_open on slip (person, purpose, mailed) where used_at is null and ended_at is null;
