"""Whether a queue takes customers now, by its hours. Who waits already stays when it closes."""

from . import hours
from .config import Configuration, HoursConfig, QueueConfig


def hours_of(configuration: Configuration, queue: QueueConfig) -> HoursConfig | None:
    """None: always open. Hours that do not exist close nothing: an alarm tells of them."""
    if queue.hours is None:
        return None
    return next((each for each in configuration.hours if each.id == queue.hours), None)


def is_open(configuration: Configuration, queue: QueueConfig, at: float) -> bool:
    found = hours_of(configuration, queue)
    return found is None or hours.is_open(found, at)


def opens_at(configuration: Configuration, queue: QueueConfig, at: float) -> float | None:
    """`at` while it is open, else when it opens next; None: never again."""
    found = hours_of(configuration, queue)
    return at if found is None else hours.next_open(found, at)
