"""An X server of the tests' own (Xvfb), with a window manager, real programs, and windows of one colour."""

import asyncio
import contextlib
import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xcffib
import xcffib.xproto as xp

from rs_client.capture import Feed, Picture, Rect
from rs_client.x11.display import Display

TOOLS = ("Xvfb", "openbox", "xterm", "xrandr")
SYSTEM_PYTHON = "/usr/bin/python3"
WIDTH, HEIGHT = 1280, 800
PATIENCE = 30.0
RED, GREEN, BLUE, YELLOW, GREY = 0xFF0000, 0x00FF00, 0x0000FF, 0xFFFF00, 0x808080


def missing() -> str | None:
    absent = [tool for tool in TOOLS if shutil.which(tool) is None]
    return f"not installed: {', '.join(absent)}" if absent else None


def no_tk() -> str | None:
    done = subprocess.run([SYSTEM_PYTHON, "-c", "import tkinter"], capture_output=True, check=False)
    return None if done.returncode == 0 else "not installed: python3-tk"


async def until(condition: Callable[[], Any], what: str = "") -> Any:
    """What the condition gives once it is true."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while True:
                found = condition()
                if found:
                    return found
                await asyncio.sleep(0.01)
    raise AssertionError(f"it did not come about: {what or condition}")


def colour(picture: Picture, x: int, y: int) -> int:
    blue, green, red = (int(each) for each in picture.pixels[y, x, :3])
    return red << 16 | green << 8 | blue


def has(picture: Picture, wanted: int) -> bool:
    """Whether a pixel anywhere has this colour."""
    blue, green, red = (picture.pixels[:, :, each].astype(np.uint32) for each in range(3))
    return bool(((red << 16 | green << 8 | blue) == wanted).any())


async def shown(feed: Feed, right: Callable[[Picture], bool]) -> Picture:
    """The first picture that is right."""
    async with asyncio.timeout(PATIENCE):
        while True:
            picture = await feed.next()
            if right(picture):
                return picture


class XServer:
    def __init__(self, folder: Path, width: int = WIDTH, height: int = HEIGHT) -> None:
        self.folder = folder
        self._screen = f"{width}x{height}x24"
        self.display = ""
        self._running: list[subprocess.Popen[bytes]] = []

    @property
    def env(self) -> Mapping[str, str]:
        return {**os.environ, "DISPLAY": self.display, "LC_ALL": "C.UTF-8", "XDG_CACHE_HOME": str(self.folder)}

    def start(self) -> None:
        reading, writing = os.pipe()
        options = ("-displayfd", str(writing), "-screen", "0", self._screen, "-nolisten", "tcp", "-noreset")
        self.run("Xvfb", *options, pass_fds=(writing,), env=dict(os.environ))
        os.close(writing)
        with open(reading, "rb") as pipe:
            ready, _, _ = select.select([pipe], [], [], PATIENCE)
            number = pipe.readline().strip().decode() if ready else ""
        if not number:
            raise RuntimeError("Xvfb did not start")
        self.display = f":{number}"
        self.run("openbox", "--sm-disable")
        look = Display(self.display)
        # It is there, if empty, when the window manager has begun to manage.
        while not look.property(look.root, "_NET_CLIENT_LIST")[0]:
            select.select([], [], [], 0.01)
        look.close()

    def settle(self) -> None:
        """Until the window manager has given the focus of a window that is gone to another: late, it would take it from
        who asked for it meanwhile."""
        look = Display(self.display)
        end = time.monotonic() + PATIENCE
        while look.core.GetInputFocus().reply().focus <= xp.InputFocus.PointerRoot and time.monotonic() < end:
            select.select([], [], [], 0.01)
        look.close()

    def run(self, *command: str, env: Mapping[str, str] | None = None, **more: Any) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{command[0].rsplit('/')[-1]}.log").open("ab")
        with log:
            options = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, **more}
            process = subprocess.Popen(command, env=dict(env or self.env), **options)
        self._running.append(process)
        return process

    def monitors(self, **places: Rect) -> None:
        """Divide the screen into monitors of these names."""
        for name, place in places.items():
            size = f"{place.width}/300x{place.height}/200+{place.x}+{place.y}"
            subprocess.run(["xrandr", "--setmonitor", name, size, "none"], env=dict(self.env), check=True)

    def no_monitor(self, name: str) -> None:
        subprocess.run(["xrandr", "--delmonitor", name], env=dict(self.env), check=True)

    def resize(self, width: int, height: int) -> None:
        """Give the whole screen a smaller mode."""
        lines = f"{width} {width + 10} {width + 20} {width + 30} {height} {height + 10} {height + 20} {height + 30}"
        for command in (f"--newmode small 25 {lines}", "--addmode screen small", "--output screen --mode small"):
            subprocess.run(["xrandr", *command.split()], env=dict(self.env), check=True)

    def stop(self) -> None:
        for process in reversed(self._running):
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)


@contextlib.contextmanager
def running(folder: Path, width: int = WIDTH, height: int = HEIGHT) -> Iterator[XServer]:
    server = XServer(folder, width, height)
    try:
        server.start()
        yield server
    finally:
        server.stop()


class Application:
    """A program with windows of one colour, on a connection of its own; it hears what is done to them."""

    def __init__(self, display: str) -> None:
        self.x = Display(display)
        self.events: list[Any] = []

    def window(self, place: Rect, colour: int | None, title: str = "", *, popup: bool = False, owner: int = 0) -> int:
        """Shown already. Without a colour it has no background: what was there stays until somebody paints."""
        window = self.x.new_id()
        mask = xp.EventMask
        heard = mask.KeyPress | mask.KeyRelease | mask.ButtonPress | mask.ButtonRelease | mask.PointerMotion
        heard |= mask.Exposure | mask.StructureNotify | mask.FocusChange
        back = xp.CW.BackPixmap if colour is None else xp.CW.BackPixel
        values = [colour or 0, int(popup), heard]
        kind = back | xp.CW.OverrideRedirect | xp.CW.EventMask
        self.x.core.CreateWindow(0, window, self.x.root, *place, 0, xp.WindowClass.InputOutput, 0, kind, values)
        self._set(window, "WM_NAME", 31, 8, title.encode())
        self._set(window, "WM_CLASS", 31, 8, f"{title}\0{title}\0".encode())
        # Where it says, not where the window manager likes (USPosition, USSize).
        hints = [3, place.x, place.y, place.width, place.height, *[0] * 13]
        self._set(window, "WM_NORMAL_HINTS", 41, 32, b"".join(each.to_bytes(4, "little") for each in hints))
        if owner:
            self._set(window, "WM_TRANSIENT_FOR", 33, 32, owner.to_bytes(4, "little"))
        self.x.core.MapWindow(window)
        self.x.flush()
        return window

    async def opened(self, place: Rect, colour: int | None, title: str = "", **more: Any) -> int:
        """A managed window, once it is there."""
        window = self.window(place, colour, title, **more)
        await until(lambda: window in self.x.numbers(self.x.root, "_NET_CLIENT_LIST"), "managed")
        await self.heard(xp.ExposeEvent)
        return window

    def claim(self, window: int, process: int) -> None:
        """Say that it is a window of this process."""
        self._set(window, "_NET_WM_PID", 6, 32, process.to_bytes(4, "little"))
        self.x.flush()

    def _set(self, window: int, name: str, kind: int, width: int, value: bytes) -> None:
        count = len(value) * 8 // width
        self.x.core.ChangeProperty(xp.PropMode.Replace, window, self.x.atom(name), kind, width, count, value)

    def fill(self, window: int, place: Rect, colour: int) -> None:
        gc = self.x.new_id()
        self.x.core.CreateGC(gc, window, xp.GC.Foreground, [colour])
        self.x.core.PolyFillRectangle(window, gc, 1, [xp.RECTANGLE.synthetic(*place)])
        self.x.core.FreeGC(gc)
        self.x.flush()

    def configure(self, window: int, **values: int) -> None:
        names = {"x": 1, "y": 2, "width": 4, "height": 8, "stack_mode": 64}
        ordered = sorted((names[name], value) for name, value in values.items())
        mask = sum(name for name, _ in ordered)
        self.x.core.ConfigureWindow(window, mask, [value for _, value in ordered])
        self.x.flush()

    def iconify(self, window: int) -> None:
        """As a program asks its window manager (ICCCM 4.1.4)."""
        data = xp.ClientMessageData.synthetic([3, 0, 0, 0, 0], "I" * 5)
        message = xp.ClientMessageEvent.synthetic(32, window, self.x.atom("WM_CHANGE_STATE"), data)
        mask = xp.EventMask.SubstructureRedirect | xp.EventMask.SubstructureNotify
        self.x.core.SendEvent(False, self.x.root, mask, message.pack())
        self.x.flush()

    def show(self, window: int) -> None:
        self.x.core.MapWindow(window)
        self.x.flush()

    def hide(self, window: int) -> None:
        self.x.core.UnmapWindow(window)
        self.x.flush()

    def destroy(self, window: int) -> None:
        self.x.core.DestroyWindow(window)
        self.x.flush()

    def focus(self, window: int) -> None:
        self.x.core.SetInputFocus(xp.InputFocus.PointerRoot, window, xcffib.CurrentTime)
        self.x.flush()

    def place(self, window: int) -> Rect:
        """Its inside, in root coordinates."""
        size = self.x.core.GetGeometry(window).reply()
        at = self.x.core.TranslateCoordinates(window, self.x.root, 0, 0).reply()
        return Rect(at.dst_x, at.dst_y, size.width, size.height)

    def hear(self, kind: type | None = None, window: int = 0) -> list[Any]:
        """All events so far, after everything that the server did until now."""
        self.x.core.GetInputFocus().reply()
        self.events += self.x.events()
        return [
            each
            for each in self.events
            if (kind is None or isinstance(each, kind)) and (not window or getattr(each, "event", 0) == window)
        ]

    async def heard(self, kind: type, window: int = 0) -> list[Any]:
        found: list[Any] = await until(lambda: self.hear(kind, window), kind.__name__)
        return found

    def pressed(self) -> tuple[set[int], int]:
        """(key codes that are down, mask of buttons that are)"""
        keys = self.x.core.QueryKeymap().reply().keys
        down = {8 * byte + bit for byte in range(32) for bit in range(8) if keys[byte] >> bit & 1}
        return down, self.x.core.QueryPointer(self.x.root).reply().mask & 0x1F00

    def pointer(self) -> tuple[int, int]:
        found = self.x.core.QueryPointer(self.x.root).reply()
        return found.root_x, found.root_y

    def close(self) -> None:
        self.x.close()


class Form:
    """A form made with Tk (`tk_form.py`), and what it says happened."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.said: list[dict[str, Any]] = []
        self._reading = asyncio.ensure_future(self._read())

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self.said.append(json.loads(line))

    def last(self, name: str) -> Any:
        return next((each[name] for each in reversed(self.said) if name in each), None)

    async def has(self, name: str, value: Any) -> None:
        try:
            await until(lambda: self.last(name) == value)
        except AssertionError:
            raise AssertionError(f"{name} is {self.last(name)!r}, not {value!r}") from None

    async def end(self) -> None:
        if self._process.returncode is None:
            self._process.terminate()
        await self._process.wait()
        await self._reading


@contextlib.asynccontextmanager
async def form(server: XServer) -> AsyncIterator[Form]:
    script = str(Path(__file__).with_name("tk_form.py"))
    process = await asyncio.create_subprocess_exec(
        SYSTEM_PYTHON, script, env=dict(server.env), stdout=asyncio.subprocess.PIPE
    )
    opened = Form(process)
    try:
        await until(lambda: opened.last("ready") and opened.last("focus"), "the form")
        yield opened
    finally:
        await opened.end()


def child(server: XServer, script: str) -> subprocess.Popen[bytes]:
    """A Python of ours that runs the script on this display."""
    return server.run(sys.executable, "-c", script, stdout=subprocess.PIPE)
