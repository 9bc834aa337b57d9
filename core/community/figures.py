"""Counted figures as pages show them: what a job has kept (core.lifecycle.tallies)."""

from collections.abc import Mapping, Sequence

import msgspec

from core.base.viewer import Viewer

_READ = """
select subject_id, name, value, as_of from tally
where community = :community and subject = :subject and subject_id in ids(:ids)
"""

FEW = 5  # fewer people than this are not told apart to those who see totals only


class Figures(msgspec.Struct, frozen=True):
    """Figures of one community, area or team. `as_of` in milliseconds since 1970 UTC; 0: not counted yet."""

    values: Mapping[str, int] = {}
    as_of: int = 0

    def __getitem__(self, name: str) -> int:
        return self.values.get(name, 0)


NONE = Figures()


async def figures_of(viewer: Viewer, subject: str, ids: Sequence[int]) -> dict[int, Figures]:
    """The figures kept of some subjects here, in one statement; for verbs that checked the scope."""
    rows = await viewer.house.db.fetch(_READ, community=viewer.community, subject=subject, ids=list(ids))
    values: dict[int, dict[str, int]] = {}
    as_of: dict[int, int] = {}
    for row in rows:
        values.setdefault(row["subject_id"], {})[row["name"]] = row["value"]
        as_of[row["subject_id"]] = max(as_of.get(row["subject_id"], 0), row["as_of"])
    return {one: Figures(found, as_of[one]) for one, found in values.items()}
