"""Who may look into an account, and who may change what it rests on."""

from core.base.act import Unit
from core.base.viewer import Viewer


def require(unit: Unit, permission: str, *, counter: int | None = None) -> None:
    """Raises NotFound unless the one who acts holds the permission."""
    unit.viewer.require(permission, counter=counter)


def require_sight(viewer: Viewer, volunteer: int) -> None:
    """One's own account, that of somebody one is guardian of, or everybody's here. Raises NotFound."""
    if volunteer != viewer.volunteer and volunteer not in viewer.wards:
        viewer.require("points.read")
