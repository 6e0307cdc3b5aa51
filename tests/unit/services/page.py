"""A page's service without a store and without sockets."""

from collections.abc import Callable, Sequence
from typing import Any

from rs_server.core import consent
from rs_server.core.session import Session
from rs_server.protocol.base import Message
from rs_server.protocol.cobrowse import (
    PageAct,
    PageActResult,
    PageClick,
    PagePoint,
    PageTabs,
    PageWipe,
)
from rs_server.protocol.errors import Code
from rs_server.protocol.page import Header, Kind, PageFlow, pack
from rs_server.protocol.session import Participant
from rs_server.services.page import PageStreams
from rs_server.services.presence import actor_of
from tests.unit.core.sessions import AGENT, COLLEAGUE, CUSTOMER, change

CANARY = "canary-0123456789"


class Clock:
    def __init__(self) -> None:
        self.time = 1000.0

    def now(self) -> float:
        return self.time


class Hub:
    """Without a store: changes are made by the tests."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.made = change(CUSTOMER, AGENT, COLLEAGUE)
        self.reactions: list[Callable[..., None]] = []
        self.told: list[Message] = []

    def react(self, reaction: Callable[..., None]) -> None:
        self.reactions.append(reaction)

    def peek(self, _session: str) -> Session:
        return self.made.session

    def open(self) -> list[Session]:
        return [self.made.session]

    def tell(self, _session: str, body: Message, audience: str = "everyone") -> None:
        assert audience == "staff" or body == PageTabs(tabs=[], alarm=True)
        self.told.append(body)

    def commit(self) -> None:
        for reaction in self.reactions:
            reaction(self.made.session, [])


class Presences:
    """Everybody has one connection."""

    def __init__(self) -> None:
        self.heard: dict[str, list[Message]] = {}

    def clients(self, actor: str) -> list["Desk"]:
        return [Desk(self.heard.setdefault(actor, []))]


class Desk:
    def __init__(self, heard: list[Message]) -> None:
        self._heard = heard

    def send(self, _session: str, body: Message) -> None:
        self._heard.append(body)


class Silent:
    """Stands for what the tests here do not look at: recorder, what comes by itself."""

    def __getattr__(self, _name: str) -> Callable[..., Any]:
        return lambda *_: []

    async def close(self) -> None:
        pass


class Notices:
    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    async def add(self, _session: str, _participant: str, what: str, count: int) -> None:
        self.counts[what] = self.counts.get(what, 0) + count


class Client:
    def __init__(self, participant: str) -> None:
        self.participant = participant
        self.user = ""
        self.sign_in: bytes | None = None
        self.words: list[Message] = []
        self.waiting: list[Message] = []
        """Not sent yet, when `slow`."""
        self.slow = False
        self.got: list[bytes] = []
        self.closed: Code | None = None

    @property
    def pending(self) -> int:
        return len(self.waiting)

    def send(self, body: Message) -> None:
        (self.waiting if self.slow else self.words).append(body)

    def unsend(self, which: Callable[[object], bool]) -> None:
        self.waiting = [body for body in self.waiting if not which(body)]

    def pass_on(self, frame: bytes) -> None:
        self.got.append(frame)

    def catch_up(self, frames: Sequence[bytes]) -> None:
        self.got.extend(frames)

    def take_back(self) -> None:
        self.got.append(b"taken back")

    def close(self, code: Code) -> None:
        self.closed = code

    def said(self, kind: type[Message]) -> list[Any]:
        return [word for word in self.words if isinstance(word, kind)]


class Scene:
    def __init__(self) -> None:
        self.hub = Hub()
        self.notices = Notices()
        self.presences = Presences()
        self.streams = PageStreams(
            self.hub,  # type: ignore[arg-type]
            self.presences,  # type: ignore[arg-type]
            self.notices,  # type: ignore[arg-type]
            Silent(),  # type: ignore[arg-type]
            lambda _session: (CANARY,),
        )
        self.streams._grants = Silent()  # type: ignore[assignment]
        self.epochs: dict[Client, int] = {}
        self.stream = self.streams._stream(self.hub.made.session)

    def give(self, *capabilities: str) -> None:
        for capability in capabilities:
            consent.give(self.hub.made, CUSTOMER, capability, None)  # type: ignore[arg-type]
        self.hub.commit()

    def stop(self) -> None:
        consent.stop_all(self.hub.made, CUSTOMER, voice=False)
        self.hub.commit()

    def source(self, tab: str = "tab-one") -> Client:
        client = Client("c")
        self.epochs[client] = self.streams.source(self.hub.made.session, client, tab).epoch
        return client

    def view(self, participant: str = "a") -> Client:
        client = Client(participant)
        self.streams.view(self.hub.made.session, client)
        self.streams.begin("s", client)
        return client

    def send(self, client: Client, kind: Kind, epoch: int, message: int, payload: bytes = b"x") -> bytes:
        frame = pack(Header(kind, epoch, message, 0), payload)
        self.streams.arrived("s", client, frame)
        return frame

    def snapshot(self, client: Client) -> bytes:
        flows = [flow.epoch for flow in client.said(PageFlow) if flow.open]
        self.epochs[client] = max([self.epochs[client], *flows])
        return self.send(client, Kind.SNAPSHOT, self.epochs[client], 0)

    def dropped(self, client: Client) -> dict[str, int]:
        return next(dict(s.dropped) for s in self.stream.sources.values() if s.client is client)

    async def act(self, name: str, who: Any = AGENT) -> None:
        op = PageClick(node=1, x=0.5, y=0.5)
        await self.streams.act("s", who, PageAct(act=name, epoch=self.epoch(), op=op))

    def epoch(self) -> int:
        """Of what viewers see."""
        return self.stream.shown.epoch if self.stream.shown is not None else 1

    async def point(self) -> None:
        shown = PagePoint(epoch=self.epoch(), shown=PageWipe())
        await self.streams.point("s", AGENT, None, shown)  # type: ignore[arg-type]

    def tabs(self, person: Participant = AGENT) -> list[PageTabs]:
        """What this one of staff heard of the tabs."""
        heard = self.presences.heard.get(actor_of(person), [])
        return [body for body in heard if isinstance(body, PageTabs)]

    def results(self) -> list[tuple[str, str, str | None]]:
        return [(r.act, r.outcome, r.reason) for r in self.hub.told if isinstance(r, PageActResult)]
