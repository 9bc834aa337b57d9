"""Checkpoints: all blocks of all chains, to be kept elsewhere; and a book compared with one."""

from core.base.house import House
from core.base.receipts import CHECKPOINT, BadReceipt, Chain, Checkpoint, headers_of
from core.base.seals import OWN, seal_key
from core.lifecycle.reconcile.chain import blocks_of
from core.lifecycle.reconcile.faults import Fault
from core.lifecycle.reconcile.run import communities


async def checkpoint(house: House) -> Checkpoint:
    """Every chain as it stands now."""
    places = [(row["id"], row["slug"]) for row in await communities(house)]
    chains = []
    for community, slug in (*places, (OWN, "")):
        blocks = await blocks_of(house, community)
        if blocks:
            chains.append(
                Chain(
                    community=community,
                    name=slug,
                    blocks=[(b.header.last, b.header.root, b.header.at) for b in blocks],
                    signature=blocks[-1].signature,
                )
            )
    return Checkpoint(linli=CHECKPOINT, at=house.clock.now(), key=seal_key(house).public, chains=chains)


async def against(house: House, kept: Checkpoint) -> list[Fault]:
    """Where the book is another one than it was when the checkpoint was taken."""
    faults: list[Fault] = []
    if kept.key != seal_key(house).public:
        faults.append(
            Fault(
                "checkpoint", "key", "1", f"key {seal_key(house).public}", f"key {kept.key} in the checkpoint"
            )
        )
    for chain in kept.chains:
        now = await blocks_of(house, chain.community)
        try:
            headers = headers_of(chain, kept.key)
        except BadReceipt as bad:
            faults.append(Fault("checkpoint", "chain", chain.name, "-", str(bad.message)))
            continue
        for number, header in enumerate(headers, 1):
            here = now[number - 1].header if number <= len(now) else None
            if here != header:
                says = f"head {here.head()}" if here is not None else "no such block"
                faults.append(
                    Fault(
                        "checkpoint",
                        "seal_block",
                        f"{number} of {chain.name or 'the house'}",
                        says,
                        f"head {header.head()} in the checkpoint",
                    )
                )
                break
    return faults
