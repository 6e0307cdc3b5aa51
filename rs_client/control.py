"""Input that arrives, to the injector."""

import asyncio
import logging
import math
from collections.abc import Callable

from rs_client.core.hands import Hands
from rs_client.errors import Gone, Unsupported, Why
from rs_client.geometry import Rect
from rs_client.inject import STOP_KEYS, Injector, StopKeys
from rs_client.share import Shared
from rs_server.protocol.desktop import (
    DesktopDo,
    InputButton,
    InputEvent,
    InputKey,
    InputMove,
    InputRelease,
    InputText,
    InputWheel,
)

log = logging.getLogger(__name__)

PASSES = 5
"""Of the loop: by then what the system had for us has been heard, from the connection as from the person here."""
MOST_WAITS = 64
"""More than so many times input does not wait for what comes behind it."""


class Controller:
    """`run` it. `injector` makes one that is confined to what is shown; `stop` is what the Stop keys do, which `keys`
    listens for while nothing is shown and yet something is allowed, as folders are."""

    def __init__(
        self,
        hands: Hands,
        injector: Callable[[str | Rect | None], Injector],
        keys: Callable[[Callable[[], None]], StopKeys],
        stop: Callable[[], None],
    ) -> None:
        self.on_unsupported: Callable[[Why], None] = lambda _: None
        self.on_kept_back: Callable[[], None] = lambda: None
        """Told once of a picture: keys or clicks were refused that would have left the application."""
        self._told = False
        self.protected: Callable[[], bool] = lambda: True
        """While the window that asks the person here is within reach, nothing is done."""
        self._hands = hands
        self._make = injector
        self._make_keys = keys
        self._stop = stop
        self._keys: StopKeys | None = None
        self._keyless = False
        """There are none on this machine."""
        self._guarded = False
        self._shared: Shared | None = None
        self._injector: Injector | None = None
        self._some = asyncio.Event()
        self._turned = [0.0, 0.0]
        """Of the wheel, what is less than a notch."""
        self._allowed: frozenset[str] = frozenset()
        self._taken = 0
        self.applied = 0

    def show(self, shared: Shared | None) -> None:
        """What is shown now. Whatever was meant for another picture is thrown away, and what is pressed is let go."""
        before, self._shared = self._shared, shared
        picture = shared.picture if shared else None
        self._hands.show(picture.number if picture else None, picture.kind if picture else None)
        if shared is not None and before is not None and before.picture.number == shared.picture.number:
            return
        self.close()
        self._turned = [0.0, 0.0]
        if shared is None:
            self._listen()
            return
        try:
            injector = self._make(shared.confined)
            try:
                # Two cannot have the same keys.
                self._deafen()
                injector.hotkey(self._stop)
            except BaseException:
                injector.close()
                raise
            if self._shared is not shared:
                # Stopped in the very moment.
                injector.close()
                return
            self._injector = injector
        except (Unsupported, Gone) as error:
            log.warning("nothing can be controlled: %s", error)
            self.on_unsupported(error.why if isinstance(error, Unsupported) else Why.GONE)
        self._told = False
        self._allowed = self._hands.allowed()
        self._listen()

    @property
    def keys(self) -> str:
        """The Stop keys, while they work; else empty."""
        heard = self._injector is not None or (self._keys is not None and not self._keys.closed)
        return STOP_KEYS if heard else ""

    def guard(self, allowed: bool) -> None:
        """Whether anybody may do anything here, which the Stop keys would end."""
        self._guarded = allowed
        if not allowed:
            self._keyless = False
        self._listen()

    def _listen(self) -> None:
        """By the injector while there is one: it hears the person before each act."""
        wanted = self._guarded and self._injector is None
        if self._keys is not None and self._keys.closed:
            self._keys = None
        if wanted and self._keys is None and not self._keyless:
            try:
                self._keys = self._make_keys(self._stop)
            except (Unsupported, Gone) as error:
                log.info("no Stop keys: %s", error)
                self._keyless = True
        elif not wanted:
            self._deafen()

    def _deafen(self) -> None:
        keys, self._keys = self._keys, None
        if keys is not None:
            keys.close()

    def take(self, do: DesktopDo) -> None:
        self._taken += 1
        if self._hands.take(do):
            self._some.set()
        else:
            log.info("input was dropped")

    def settle(self) -> None:
        """To be called when somebody may do more or less than before: what one sent who may no longer is thrown away,
        and what they press is let go, now."""
        before, self._allowed = self._allowed, self._hands.allowed()
        if before - self._allowed:
            self._hands.sift()
            self._release()

    def drop(self) -> None:
        """Nothing that waits is applied, and nothing stays pressed."""
        self._hands.drop()
        self._release()

    def _release(self) -> None:
        if self._injector is not None:
            self._injector.release()

    def close(self) -> None:
        injector, self._injector = self._injector, None
        if injector is not None:
            injector.close()

    async def run(self) -> None:
        try:
            while True:
                await self._some.wait()
                self._some.clear()
                await self._hear()
                while (act := self._hands.next()) is not None:
                    await self._apply(act.event)
                    await self._hear()
        finally:
            self.drop()
            self.close()
            self._guarded = False
            self._deafen()

    async def _hear(self) -> None:
        """What has come until now, however much, comes first: a withdrawal may stand behind the input."""
        for _ in range(MOST_WAITS):
            before = self._taken
            for _ in range(PASSES):
                await asyncio.sleep(0)
            if self._taken == before:
                return

    async def _apply(self, event: InputEvent) -> None:
        injector, shared = self._injector, self._shared
        if injector is None or shared is None or not (self.protected() or isinstance(event, InputRelease)):
            return
        self.applied += 1
        try:
            await self._do(injector, shared, event)
        except Gone:
            log.warning("there is no display to control any more")
            self.close()
            self._listen()
        except ValueError as error:
            log.info("input that cannot be: %s", error)
        if injector.kept_back and not self._told:
            self._told = True
            self.on_kept_back()

    async def _do(self, injector: Injector, shared: Shared, event: InputEvent) -> None:
        match event:
            case InputMove():
                self._point(injector, shared, event.x, event.y)
            case InputButton():
                if self._point(injector, shared, event.x, event.y) or not event.down:
                    injector.button(event.button, event.down)
            case InputWheel():
                if self._point(injector, shared, event.x, event.y):
                    injector.wheel(*self._notches(event.dx, event.dy))
            case InputKey():
                await injector.key(event.key, event.down, event.code)
            case InputText():
                await injector.text(event.text)
            case InputRelease():
                injector.release()

    def _point(self, injector: Injector, shared: Shared, x: float, y: float) -> bool:
        place = shared.feed.to_root(x, y)
        return place is not None and injector.pointer(*place)

    def _notches(self, dx: float, dy: float) -> tuple[int, int]:
        whole = []
        for axis, turned in enumerate((dx, dy)):
            self._turned[axis] += turned
            notches = math.trunc(self._turned[axis])
            self._turned[axis] -= notches
            whole.append(notches)
        return whole[0], whole[1]
