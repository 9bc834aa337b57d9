-- Seals: each row of the book and of the log gets a number in its community's chain and goes into a signed block,
-- some minutes after it was written. And what the reconciler found.

-- `community` 0 is the house's own log: what is written in no community.
create table seal_block (
    community bigint not null,
    number bigint not null check (number >= 1),
    first bigint not null,              -- the sequence numbers it holds, both included
    last bigint not null,
    root text not null check (length(root) = 64),           -- Merkle root of their digests
    previous text not null,             -- the head of the block before; '' for the first
    at bigint not null,
    head text not null unique check (length(head) = 64),    -- SHA-256 of the block's canonical bytes
    signature text not null check (length(signature) = 128),
    primary key (community, number),
    unique (community, last),
    check (first >= 1 and last >= first),
    check (length(previous) = 64 or (number = 1 and previous = ''))
);
create index seal_block_by_time on seal_block (at);

create table seal (
    community bigint not null,
    sequence bigint not null check (sequence >= 1),
    block bigint not null,
    transfer bigint,
    audit bigint,
    digest text not null check (length(digest) = 64),       -- of the row's canonical bytes
    primary key (community, sequence),
    foreign key (community, block) references seal_block (community, number),
    foreign key (community, transfer) references transfer (community, id),
    check ((transfer is null) <> (audit is null))
);
create unique index seal_of_transfer on seal (transfer) where transfer is not null;
create unique index seal_of_audit on seal (audit) where audit is not null;

-- Set while a freeze of the community's book is open: read with every page.
alter table community add column frozen_at bigint;

-- When a community's book was last proved, and over how many lines.
create table book_proof (
    community bigint primary key references community (id),
    at bigint not null,
    faults bigint not null check (faults >= 0)
);

-- Something did not agree: nothing is handed over until two persons have looked at it.
create table book_freeze (
    id key,
    community bigint not null references community (id),
    public_id text not null unique,
    faults text not null,               -- JSON: what said what, and what the journal says
    at bigint not null,
    ended_at bigint,
    approval bigint,                    -- the two persons
    unique (community, id),
    foreign key (community, approval) references approval (community, id),
    check ((ended_at is null) = (approval is null))
);
create unique index book_freeze_open on book_freeze (community) where ended_at is null;

-- A hold is settled for no more than it holds, on its own account; what reverses takes back no more than there
-- was, and is not taken back itself.
-- @sqlite
create trigger transfer_fits after insert on transfer
when (new.hold is not null and not exists (select 1 from transfer h
        where h.id = new.hold and h.kind = 'hold' and h.account = new.account
            and h.amount >= (select sum(x.amount) from transfer x where x.hold = h.id)))
    or (new.reverses is not null and not exists (select 1 from transfer r
        where r.id = new.reverses and r.kind not in ('reverse', 'refund') and r.amount >= new.amount))
begin select raise(abort, 'transfer_fits'); end;
-- @postgres
create function transfer_fits() returns trigger language plpgsql as $$
begin
    if (new.hold is not null and not exists (select 1 from transfer h
            where h.id = new.hold and h.kind = 'hold' and h.account = new.account
                and h.amount >= (select sum(x.amount) from transfer x where x.hold = h.id)))
        or (new.reverses is not null and not exists (select 1 from transfer r
            where r.id = new.reverses and r.kind not in ('reverse', 'refund') and r.amount >= new.amount)) then
        raise exception 'transfer_fits' using errcode = '23514', constraint = 'transfer_fits';
    end if;
    return null;
end $$;
create trigger transfer_fits after insert on transfer for each row
when (new.hold is not null or new.reverses is not null)
execute function transfer_fits();
-- @both

-- @append_only seal_block, seal
