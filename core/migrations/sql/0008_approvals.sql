-- What needs two persons: what is asked for and still open, how it ended. Roles of a community's own.
-- And keys that carry the community where they did not yet.

alter table approval add column evidence text not null default '';

-- What waits for somebody's decision; a projection, so that the queue is read by index. Of one thing about
-- one subject only one request is open at a time.
create table approval_open (
    approval bigint primary key,
    community bigint not null,
    kind text not null,
    subject text not null,
    subject_id bigint not null,
    requester bigint not null references person (id),
    since_at bigint not null,
    expires_at bigint,
    unique (community, kind, subject, subject_id),
    foreign key (community, approval) references approval (community, id)
);
create index approval_open_queue on approval_open (community, since_at, approval);
create index approval_open_ends on approval_open (expires_at) where expires_at is not null;

-- How it ended: once, whoever decided, or nobody in time. What was asked for is done in the act of its row.
create table approval_end (
    approval bigint primary key,
    community bigint not null,
    result text not null check (result in ('approved', 'refused', 'withdrawn', 'expired')),
    act bigint not null references act (id),
    at bigint not null,
    foreign key (community, approval) references approval (community, id)
);
create index approval_end_by_community on approval_end (community, at, approval);
create index approval_by_requester on approval (requester, id);

-- Pieces set aside for what still waits for a second person; they are not for anybody else.
alter table reward add column held bigint not null default 0 check (held >= 0 and held <= stock);

-- A role of the community's own is a copy of another with fewer or more permissions.
alter table role add column based_on text not null default '';
alter table role add column closed_at bigint;
alter table role_grant add column ended_by bigint references person (id);
create index role_grant_by_role on role_grant (role);

-- The log is read by person, by action and by day.
create index audit_by_actor on audit (community, actor, at, id);
create index audit_by_action on audit (community, action, at, id);
create index audit_by_day on audit (community, at, id);

create unique index opening_in_community on opening (community, id);

-- What a row leads to is of the row's own community (where it has one).
-- @tied attendance.corrects -> attendance
-- @tied award_outcome.transfer -> transfer
-- @tied attendance_decision.approval -> approval
-- @tied interval.attendance -> attendance
-- @tied lot.transfer -> transfer
-- @tied lot_use.transfer -> transfer
-- @tied opening.reverses -> opening
-- @tied opening.transfer -> transfer
-- @tied role_grant.counter -> counter
-- @tied transfer.approval -> approval
-- @tied transfer.hold -> transfer
-- @tied transfer.redemption -> redemption
-- @tied transfer.reverses -> transfer
-- @tied volunteer.merged_into -> volunteer

-- @append_only approval_end
