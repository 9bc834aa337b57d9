"""Who may look into an account, and who may change what it rests on."""

from core.base.act import Unit
from core.base.viewer import Viewer


def require(unit: Unit, permission: str, *, counter: int | None = None) -> None:
    """Raises NotFound unless the one who acts holds the permission."""
    unit.viewer.require(permission, counter=counter)


def require_sight(viewer: Viewer, volunteer: int) -> None:
    """One's own account, or the permission to read everybody's here. Raises NotFound."""
    if viewer.volunteer is None or viewer.volunteer != volunteer:
        viewer.require("points.read")
