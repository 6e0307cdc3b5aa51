"""What the client needs of a surface, be it a window or a terminal."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple, Protocol

from rs_client.capture import Window
from rs_client.core.roots import Root
from rs_client.core.shown import Question, Shown, Visitor
from rs_client.folders.names import readable
from rs_client.texts import Texts
from rs_server.protocol.consent import Capability
from rs_server.protocol.desktop import ShareKind
from rs_server.protocol.session import RecordingPolicy, SessionSnapshot


class Meeting(NamedTuple):
    """Who is there, before one joins. `own`: it is an agent's own client, and `agent` its user."""

    company: str
    agent: str
    server: str
    recording: RecordingPolicy = "off"
    own: bool = False
    resumed: bool = False


def meeting_of(said: SessionSnapshot, server: str) -> Meeting:
    """As the session itself says."""
    agent = next((each.name for each in said.participants if each.id == said.session.primary), "")
    me = next(each for each in said.participants if each.id == said.you)
    own = me.role != "customer"
    return Meeting(said.session.company, me.name if own else agent, server, said.session.recording_policy, own)


class Answer(NamedTuple):
    allow: bool
    window: str | None = None
    """Which one, for application_view."""
    roots: tuple[Root, ...] = ()
    """Which folders, for files; none is no."""


NO = Answer(False)


class Removal(NamedTuple):
    """Somebody, by name, wants to remove something from a place in the folders. `replaces`: a file, by another one."""

    name: str
    what: str
    place: str
    is_folder: bool = False
    replaces: bool = False


class Actions(Protocol):
    """What the person may do at any time."""

    def stop(self) -> None:
        """Everything ends now."""

    def leave(self) -> None: ...

    def report(self) -> None:
        """This is not right: everything ends now, and the company is told."""

    def take_back(self) -> None:
        """Control, and the clipboard with it."""

    def give(self, kind: ShareKind, window: str | None) -> None: ...

    def give_control(self) -> None: ...

    def give_clipboard(self, way: Capability) -> None:
        """`clipboard_in` or `clipboard_out`, to those who control."""

    def alone(self) -> AbstractAsyncContextManager[None]:
        """Inside nobody controls, and nothing else is asked."""


class Surface(Protocol):
    """A question that is cancelled (as a task is) disappears."""

    @property
    def protected(self) -> bool:
        """Whether who controls the screen cannot answer for the person in front of it."""

    async def address(self, typed: str, server: str, error: str) -> tuple[str, str] | None:
        """(link or number, server); None: quit. `error`: what was wrong with the last one."""

    async def meet(self, meeting: Meeting) -> bool: ...

    async def ask(self, question: Question, more: int) -> Answer:
        """`more`: how many wait behind it. Never yes by itself."""

    async def confirm(self, removal: Removal) -> bool:
        """Never yes by itself, nor while anything else is asked."""

    def begin(self, actions: Actions, windows: Callable[[], Sequence[Window]]) -> None:
        """The session begins. `windows` lists what can be shown one by one."""

    def show(self, shown: Shown) -> None: ...

    def note(self, text: str) -> None:
        """Something happened that the person should know."""

    def act(self, text: str, look: bool) -> None:
        """Somebody does this in the folders, or only looks. No look takes the place of anything else."""

    async def ended(self, text: str) -> None:
        """The last word; until they have seen it."""

    def close(self) -> None: ...


CAPABILITY_POINTS = ("point1", "point2", "point3")


def what(texts: Texts, shown: Shown) -> str:
    """What is shown, as part of a sentence."""
    if shown.kind == "application":
        return texts("window.application", name=shown.what)
    return texts("window.monitor", name=shown.what) if shown.what else texts("window.desktop")


def visits(texts: Texts, visitor: Visitor) -> list[str]:
    """What somebody may do in the folders, as sentences."""
    ways = (("reads", visitor.reads), ("writes", visitor.writes))
    return [texts(f"folder.{way}", places=", ".join(readable(each) for each in names)) for way, names in ways if names]


def removal_words(texts: Texts, removal: Removal) -> list[str]:
    key = "replace" if removal.replaces else "folder" if removal.is_folder else "file"
    title = texts(f"ask.remove.{key}", name=removal.name, what=removal.what)
    ever = texts("ask.remove.ever_replaced" if removal.replaces else "ask.remove.ever")
    return [title, texts("ask.remove.place", place=removal.place), ever]


def who_asks(texts: Texts, question: Question) -> str:
    key = "ask.who" if question.company else "ask.who_customer"
    return texts(key, name=question.name, company=question.company)


def points(texts: Texts, question: Question) -> list[str]:
    """What saying yes means."""
    said = [texts(f"ask.{question.capability}.{each}", name=question.name) for each in CAPABILITY_POINTS]
    if question.window is not None:
        said[0] = texts("ask.application_view.same", name=question.name, window=question.window[1])
    return said


def chooses(question: Question) -> bool:
    """Whether a yes names a window."""
    return question.capability == "application_view" and question.window is None


def connection(texts: Texts, shown: Shown) -> str:
    if shown.connection != "connected":
        return texts(f"window.{shown.connection}")
    if shown.people:
        return texts("window.with", people=", ".join(shown.people), company=shown.company)
    return texts("window.alone", company=shown.company)


def greeting(texts: Texts, meeting: Meeting) -> str:
    if meeting.own:
        return texts("meet.own", agent=meeting.agent, company=meeting.company)
    key = "meet.agent" if meeting.agent else "meet.nobody"
    return texts(key, agent=meeting.agent, company=meeting.company)
