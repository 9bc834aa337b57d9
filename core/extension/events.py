"""Answering an event once, though it may be delivered twice."""

from core.base.act import SYSTEM
from core.base.outbox import Event


def once(event: Event, purpose: str) -> str:
    """The request id for what a handler does about an event: the same at every delivery.

    `purpose` tells apart several things done about one event, and the handlers of two plugins.
    """
    return f"{SYSTEM}event:{event.id}:{purpose}"
