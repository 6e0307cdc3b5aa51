"""What sessions and the desk read of the queues, taken from the WebACD."""

import json
from collections.abc import Sequence

import msgspec

from rs_server.protocol.api import CodeInfo, QueueInfo
from rs_server.services.sessions import QueueFacts
from webacd.core.config import Choice, QueueConfig
from webacd.core.contact import ContactState
from webacd.service import AcdService


class WrapUpRow(msgspec.Struct, frozen=True):
    contact: str
    session: str
    customer: str
    queue: str | None
    deadline: float | None


class AcdFacts:
    """Implements what `Sessions` and `Desk` ask for."""

    def __init__(self, acd: AcdService) -> None:
        self._acd = acd

    def queue(self, queue: str) -> QueueFacts | None:
        found = self._find(queue)
        return None if found is None else QueueFacts(found.id, found.name, found.recording)

    def default_queue(self) -> QueueFacts | None:
        queues = self._acd.queues()
        chosen = next((q for q in queues if q.default), queues[0] if queues else None)
        return None if chosen is None else self.queue(chosen.id)

    def queue_name(self, queue: str) -> str:
        found = self._find(queue)
        return found.name if found else queue

    def may_pick(self, queue: str, agent: str) -> bool:
        found, view = self._find(queue), self._acd.agent(agent)
        return found is not None and found.allow_pick and view is not None and queue in view.queues

    def wrap_ups(self, agent: str) -> Sequence[WrapUpRow]:
        return [
            WrapUpRow(c.id, c.session, c.customer, c.queue, c.wrap_up_deadline)
            for c in self._acd.contacts_of(agent)
            if c.state is ContactState.WRAP_UP
        ]

    def queue_infos(self) -> list[QueueInfo]:
        return [
            QueueInfo(
                id=q.id,
                name=q.name,
                allow_pick=q.allow_pick,
                recording=q.recording,
                outcome_codes=[code_info(c) for c in q.outcome_codes],
                wrap_up_seconds=int(q.wrap_up_seconds or 0),
            )
            for q in self._acd.queues()
        ]

    def _find(self, queue: str) -> QueueConfig | None:
        return next((q for q in self._acd.queues() if q.id == queue), None)


def code_info(choice: Choice) -> CodeInfo:
    """A label is one text, or a JSON object of texts by language."""
    label = json.loads(choice.label) if choice.label.startswith("{") else {"en": choice.label}
    return CodeInfo(code=choice.id, label=label)
