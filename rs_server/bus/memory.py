"""Bus inside one process."""

import logging
from collections.abc import Callable

log = logging.getLogger(__name__)

Handler = Callable[[str, bytes], None]


class MemoryBus:
    """Delivers at once, in order, to those who are subscribed when the message is sent."""

    def __init__(self) -> None:
        self._handlers: dict[str, dict[object, Handler]] = {}

    def publish(self, topic: str, payload: bytes) -> None:
        handlers = self._handlers.get(topic, {})
        for mark, handler in list(handlers.items()):
            if mark not in handlers:
                continue
            try:
                handler(topic, payload)
            except Exception:
                # One subscriber's trouble is not the others'.
                log.exception("subscriber failed", extra={"topic": topic})

    def subscribe(self, topic: str, handler: Handler) -> Callable[[], None]:
        mark = object()
        self._handlers.setdefault(topic, {})[mark] = handler

        def end() -> None:
            handlers = self._handlers.get(topic, {})
            handlers.pop(mark, None)
            if not handlers:
                self._handlers.pop(topic, None)

        return end
