"""A connection to the X server that outlives errors about windows that are gone."""

import asyncio
import contextlib
import struct
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import xcffib
import xcffib.composite
import xcffib.damage
import xcffib.randr
import xcffib.screensaver
import xcffib.shape
import xcffib.shm
import xcffib.xfixes
import xcffib.xinput
import xcffib.xproto
import xcffib.xtest
from xcffib.ffi import ffi

from rs_client.errors import Gone, Unsupported, Why

GENERIC = 35
ANY = 0
ALL_DEVICES, ALL_MASTERS = 0, 1
RAW_KEY_PRESS, RAW_KEY_RELEASE, RAW_BUTTON_PRESS, RAW_BUTTON_RELEASE, RAW_MOTION = 13, 14, 15, 16, 17
_VERSIONS = {
    xcffib.composite.key: (0, 4),
    xcffib.damage.key: (1, 1),
    xcffib.randr.key: (1, 5),
    xcffib.screensaver.key: (1, 1),
    xcffib.shape.key: (),
    xcffib.shm.key: (),
    xcffib.xfixes.key: (5, 0),
    xcffib.xtest.key: (2, 2),
}


class Vanished(Exception):
    """A window was not there when it was looked for."""


WindowError = (xcffib.xproto.WindowError, xcffib.xproto.DrawableError, xcffib.xproto.MatchError, Vanished)
"""What requests about a window raise that is gone, or not shown, or of another size by now."""


class Raw(NamedTuple):
    """An XI2 event that says what a device did, whoever gets it (XI2 protocol, 'RawEvent')."""

    kind: int
    detail: int
    """Key code or button."""
    source: int
    """The device itself, not the master it moves."""
    time: int


class _Connection(xcffib.Connection):  # type: ignore[misc]
    def __init__(self, name: str | None, answered: Callable[[], None]) -> None:
        self._answered = answered
        super().__init__(name)

    def wait_for_reply(self, sequence: int) -> Any:
        try:
            return super().wait_for_reply(sequence)
        finally:
            self._answered()

    def request_check(self, sequence: int) -> None:
        try:
            super().request_check(sequence)
        finally:
            self._answered()

    def hoist_event(self, event: Any) -> Any:
        if event.response_type & 0x7F != GENERIC:
            return super().hoist_event(event)
        # xcffib adds the words of the valuator mask up where it should count bits, and reads behind the event's end.
        kind, _, time, detail, source = struct.unpack_from("=HHIIH", ffi.buffer(event, 32), 8)
        return Raw(kind, detail, source, time)


class Display:
    """Raises Unsupported when there is none; later Gone when it ended."""

    def __init__(self, name: str | None = None) -> None:
        self._came: deque[Any] = deque()
        """Events that came along with an answer."""
        self._ready: Callable[[], None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._called = self._closed = False
        try:
            self.connection = _Connection(name, self._answered)
        except xcffib.ConnectionException as error:
            raise Unsupported(Why.NO_DISPLAY, f"There is no X display to connect to: {error}") from None
        self.core = self.connection.core
        self.setup = self.connection.setup
        self.screen = self.setup.roots[self.connection.pref_screen]
        self.root: int = self.screen.root
        # Known also when the display has ended.
        self._fileno = int(self.connection.get_file_descriptor())
        self._atoms: dict[str, int] = {}
        self._extensions: dict[str, Any] = {}

    def extension(self, key: Any) -> Any:
        """The extension, its version agreed upon. Raises Unsupported when the server has none."""
        name: str = key.name
        if name not in self._extensions:
            if not self.core.QueryExtension(len(name), name).reply().present:
                raise Unsupported(Why.NO_EXTENSION, f"The X server has no extension {name}.")
            found = self.connection(key)
            if key == xcffib.xinput.key:
                found.XIQueryVersion(2, 2).reply()
            else:
                # Some requests are errors until the versions were exchanged.
                query = found.GetVersion if key == xcffib.xtest.key else found.QueryVersion
                query(*_VERSIONS[key]).reply()
            self._extensions[name] = found
        return self._extensions[name]

    def new_id(self) -> int:
        return int(self.connection.generate_id())

    def flush(self) -> None:
        self.connection.flush()
        # Who writes reads as well.
        self._answered()

    def fileno(self) -> int:
        return self._fileno

    def watch(self, ready: Callable[[], None]) -> None:
        """Has `ready` called by the running loop when there are events to be had, or the display ended.

        Use this and not the descriptor: what came along with an answer does not make that readable."""
        self._ready, self._loop = ready, asyncio.get_running_loop()
        self._loop.add_reader(self._fileno, ready)
        self._answered()

    def unwatch(self) -> None:
        if self._loop is not None:
            self._loop.remove_reader(self._fileno)
        self._ready = self._loop = None

    def events(self) -> Iterator[Any]:
        """What came, without waiting. Errors of requests that nobody checks are dropped. Raises Gone."""
        while True:
            if self._closed:
                raise Gone("the display was left")
            if not self._came:
                self._fetch()
            if not self._came:
                return
            yield self._came.popleft()

    def _fetch(self) -> None:
        while True:
            try:
                event = self.connection.poll_for_event()
            except xcffib.Error:
                continue
            except xcffib.XcffibException:
                raise Gone("the display ended") from None
            if event is None:
                return
            self._came.append(event)

    def _answered(self) -> None:
        # Of an end the next to ask hears.
        with contextlib.suppress(Gone):
            self._fetch()
        self._call_soon()

    def _call_soon(self) -> None:
        if self._loop is not None and self._came and not self._called:
            self._called = True
            self._loop.call_soon(self._call)

    def _call(self) -> None:
        self._called = False
        if self._ready is not None:
            self._ready()

    def atom(self, name: str) -> int:
        if name not in self._atoms:
            self._atoms[name] = self.core.InternAtom(False, len(name), name).reply().atom
        return self._atoms[name]

    def atom_name(self, atom: int) -> str:
        return bytes(self.core.GetAtomName(atom).reply().name.raw).decode("latin-1")

    def property(self, window: int, name: str, limit: int = 4096) -> tuple[str, bytes]:
        """(name of its type, at most `limit` bytes); of no type when there is none, or no window."""
        try:
            found = self.core.GetProperty(False, window, self.atom(name), ANY, 0, limit // 4).reply()
        except WindowError:
            return "", b""
        return (self.atom_name(found.type) if found.type else ""), bytes(found.value.raw)

    def numbers(self, window: int, name: str) -> list[int]:
        """A property of 32-bit numbers: windows, atoms, counts."""
        value = self.property(window, name)[1]
        return list(struct.unpack(f"={len(value) // 4}I", value[: len(value) & ~3]))

    def select_raw(self, *kinds: int) -> None:
        """Raw events of these kinds, of all devices, also while another client has a grab (XI 2.1)."""
        mask = sum(1 << kind for kind in kinds)
        masks = [xcffib.xinput.EventMask.synthetic(ALL_MASTERS, 1, [mask])]
        self.extension(xcffib.xinput.key).XISelectEventsChecked(self.root, 1, masks).check()

    def devices(self) -> dict[int, str]:
        """Input devices: names by id (XIQueryDevice)."""
        asked = self.extension(xcffib.xinput.key).XIQueryDevice(ALL_DEVICES)
        # xcffib's own reader of the answer stumbles over the classes of a device.
        answer = bytes(self.connection.wait_for_reply(asked.sequence).buf)
        found: dict[int, str] = {}
        at = 32
        for _ in range(struct.unpack_from("=H", answer, 8)[0]):
            device, classes, length = struct.unpack_from("=H4xHH", answer, at)
            at += 12
            found[device] = answer[at : at + length].decode("latin-1")
            at += length + -length % 4
            for _ in range(classes):
                at += 4 * int(struct.unpack_from("=H", answer, at + 2)[0])
        return found

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else is served meanwhile: what was looked at is still so when one acts on it. Keep it short."""
        self.core.GrabServer()
        try:
            yield
        finally:
            self.core.UngrabServer()
            self.flush()

    def close(self) -> None:
        """Nothing more is heard. Idempotent."""
        self.unwatch()
        self._came.clear()
        if not self._closed:
            self._closed = True
            self.connection.disconnect()
