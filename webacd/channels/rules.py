"""How each queue calls back, as routed by now."""

from collections.abc import Callable

from webacd.core import hours as calendar
from webacd.core.callback import Rule
from webacd.core.config import CallbackPolicy, Configuration, HoursConfig, QueueConfig


class Rules:
    """`country`: of numbers without a country code (ISO 3166-1 alpha-2)."""

    def __init__(self, configuration: Callable[[], Configuration], country: str = "") -> None:
        self._configuration = configuration
        self.country = country

    def queue(self, queue: str) -> QueueConfig | None:
        return next((each for each in self._configuration().queues if each.id == queue), None)

    def knows(self, queue: str) -> bool:
        return self.queue(queue) is not None

    def served_by(self, queue: str) -> QueueConfig | None:
        """The queue, or the one that took over what was its."""
        return self.queue(queue) or self.queue(self._configuration().default_queue or "")

    def named(self, text: str) -> QueueConfig | None:
        """By id, or by name whatever its capitals."""
        wanted = text.strip().casefold()
        queues = self._configuration().queues
        return self.queue(text.strip()) or next((each for each in queues if each.name.casefold() == wanted), None)

    def default(self) -> QueueConfig | None:
        return self.queue(self._configuration().default_queue or "")

    def rule(self, queue: str) -> Rule:
        """Of a queue that is gone: that of the one that took over."""
        found = self.served_by(queue)
        policy = found.callback if found is not None else CallbackPolicy()
        wanted = policy.hours or (found.hours if found is not None else None)
        return Rule(policy, self._hours(wanted), calendar)

    def _hours(self, wanted: str | None) -> HoursConfig | None:
        return next((each for each in self._configuration().hours if each.id == wanted), None)
