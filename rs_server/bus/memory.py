"""Bus inside one process."""

import logging
from collections.abc import Callable

log = logging.getLogger(__name__)


class MemoryBus:
    """Delivers at once, in order, to those who are subscribed when the message is sent."""

    def __init__(self) -> None:
        self._handlers: dict[str, list[Callable[[str, bytes], None]]] = {}

    def publish(self, topic: str, payload: bytes) -> None:
        for handler in list(self._handlers.get(topic, ())):
            try:
                handler(topic, payload)
            except Exception:
                # One subscriber's trouble is not the others'.
                log.exception("subscriber failed", extra={"topic": topic})

    def subscribe(self, topic: str, handler: Callable[[str, bytes], None]) -> Callable[[], None]:
        handlers = self._handlers.setdefault(topic, [])
        handlers.append(handler)

        def end() -> None:
            if handler in handlers:
                handlers.remove(handler)
            if not handlers and self._handlers.get(topic) is handlers:
                del self._handlers[topic]

        return end
