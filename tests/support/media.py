"""A media engine that carries nothing and remembers what it was told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rs_server.ports import LegOffer, LegState, MediaEvent, PartClosed, PartOpened, Source


@dataclass
class FakeMedia:
    """`calls` holds (name, arguments) in order; `parts` what is being recorded now."""

    calls: list[tuple[Any, ...]] = field(default_factory=list)
    allowed: set[Source] = field(default_factory=set)
    slots: dict[tuple[str, str], Source] = field(default_factory=dict)
    parts: dict[str, Source] = field(default_factory=dict)
    legs: dict[str, str] = field(default_factory=dict)
    _handlers: list[Callable[[MediaEvent], None]] = field(default_factory=list)
    heard: Callable[[], None] = lambda: None
    """Called after each command: for tests that wait for one."""

    connected: bool = True

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    def listen(self, handler: Callable[[MediaEvent], None]) -> None:
        self._handlers.append(handler)

    def say(self, event: MediaEvent) -> None:
        for handler in self._handlers:
            handler(event)

    def _note(self, *call: Any) -> None:
        self.calls.append(call)
        self.heard()

    async def open(
        self, session: str, leg: str, audio_slots: int = 4, video_slots: int = 6, native: bool = False
    ) -> LegOffer:
        self.legs[leg] = session
        self._note("open", session, leg)
        return LegOffer(
            leg=leg,
            sdp="v=0",
            publish={"desktop": "0", "application": "1"} if native else {"mic": "0", "camera": "1", "screen": "2"},
            audio_slots=[f"a{n}" for n in range(audio_slots)],
            video_slots=[f"v{n}" for n in range(video_slots)],
        )

    async def answer(self, leg: str, sdp: str) -> None:
        self._note("answer", leg)
        self.say(LegState(leg, "connected"))

    async def candidate(self, leg: str, candidate: str, mid: str) -> None:
        self._note("candidate", leg)

    async def allow(self, source: Source, allowed: bool) -> None:
        (self.allowed.add if allowed else self.allowed.discard)(source)
        self._note("allow", source, allowed)

    async def subscribe(self, leg: str, mid: str, source: Source | None) -> None:
        if source is None:
            self.slots.pop((leg, mid), None)
        else:
            self.slots[(leg, mid)] = source
        self._note("subscribe", leg, mid, source)

    async def record(self, source: Source, part: str, path: str) -> None:
        self.parts[part] = source
        self._note("record", source, part)
        self.say(PartOpened(part, source, "opus", 1.0))

    async def stop_recording(self, part: str) -> None:
        self.parts.pop(part, None)
        self._note("stop_recording", part)
        self.say(PartClosed(part, 2.0, 1, 1, 0, True))

    async def close_leg(self, leg: str) -> None:
        self.legs.pop(leg, None)
        for part, source in list(self.parts.items()):
            if source.leg == leg:
                await self.stop_recording(part)
        self._note("close_leg", leg)
