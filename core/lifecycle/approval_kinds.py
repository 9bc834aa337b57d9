"""The kinds of things that need two persons, handed in when the house is opened."""

from core.community.approvals import Kind
from core.lifecycle.merge_request import MERGE
from core.lifecycle.reconcile.freeze import CLEARED
from core.points.adjust import ADJUST
from core.points.periods import REOPEN
from core.reward.large import LARGE

KINDS: dict[str, Kind] = {kind.key: kind for kind in (LARGE, MERGE, ADJUST, REOPEN, CLEARED)}
