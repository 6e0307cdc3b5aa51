"""What is on the screen while it is looked at from elsewhere: a full-screen terminal that scrolls coloured text, the
time in blocks above it, and a button that changes its colour when it is pressed.

Run on the display: `python -m tests.bench.desktop_scene FOLDER`. It says `ready`; a line of its input switches between
moving and resting; it ends with its input."""

import os
import random
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import xcffib
import xcffib.xproto as xp

from rs_client.geometry import Rect
from tests.support import timecode
from tests.support.xserver import Application

WIDTH, HEIGHT = 1920, 1080
CODE = Rect(0, 0, 16 * timecode.BLOCKS, 16)
BUTTON = Rect(WIDTH - 260, HEIGHT - 260, 200, 200)
COLUMNS, LINES = 275, 74
FONT = ("-fa", "Liberation Mono", "-fs", "8")

CODES_PER_SECOND = 60
LINES_PER_SECOND = 20
DARK, LIGHT = 0x202020, 0xE0E0E0


class Scene:
    def __init__(self, folder: Path) -> None:
        self._pipe = folder / "text"
        os.mkfifo(self._pipe)
        options = (*FONT, "-geometry", f"{COLUMNS}x{LINES}+0+0", "+sb", "-b", "0", "-bg", "black", "-fg", "white")
        self._terminal = subprocess.Popen(["xterm", *options, "-e", f"cat {self._pipe}"])
        self._text = self._pipe.open("w")
        self._app = Application(os.environ["DISPLAY"])
        self._code = self._app.window(CODE, 0, "Code", popup=True)
        self._button = self._app.window(BUTTON, DARK, "Button", popup=True)
        core = self._app.x.core
        self._white, self._black = self._app.x.new_id(), self._app.x.new_id()
        core.CreateGC(self._white, self._code, xp.GC.Foreground, [0xFFFFFF])
        core.CreateGC(self._black, self._code, xp.GC.Foreground, [0])
        self._light = False
        self._random = random.Random(7)
        self._fill_terminal()

    def _fill_terminal(self) -> None:
        for _ in range(LINES):
            self._line()

    def _line(self) -> None:
        """Words in colours, as a build prints them."""
        chance = self._random
        words, length = [], 0
        full = chance.randrange(COLUMNS // 3, COLUMNS - 12)
        while length < full:
            word = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz0123456789/._-", k=chance.randrange(2, 12)))
            length += len(word) + 1
            colour = ";".join(str(chance.randrange(90, 256)) for _ in range(3))
            words.append(f"\x1b[38;2;{colour}m{word}")
        self._text.write(" ".join(words) + "\n")
        self._text.flush()

    def _draw_code(self) -> None:
        rects: dict[bool, list[Any]] = {True: [], False: []}
        for at, white in enumerate(timecode.blocks(timecode.now())):
            rects[white].append(xp.RECTANGLE.synthetic(16 * at, 0, 16, 16))
        core = self._app.x.core
        for white, gc in ((True, self._white), (False, self._black)):
            core.PolyFillRectangle(self._code, gc, len(rects[white]), rects[white])
        self._app.x.flush()

    def _hear(self) -> None:
        for event in self._app.x.events():
            if isinstance(event, xp.ButtonPressEvent):
                self._light = not self._light
                self._app.fill(self._button, Rect(0, 0, *BUTTON[2:]), LIGHT if self._light else DARK)

    def run(self) -> None:
        moving, next_code, next_line = False, 0.0, 0.0
        self._draw_code()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            now = time.monotonic()
            until = min(next_code, next_line) - now if moving else None
            heard, _, _ = select.select([sys.stdin, self._app.x.fileno()], [], [], until and max(0.0, until))
            if sys.stdin in heard:
                if not sys.stdin.readline():
                    return
                moving, next_code, next_line = not moving, time.monotonic(), time.monotonic()
            self._hear()
            now = time.monotonic()
            if moving and now >= next_line:
                next_line = max(next_line + 1 / LINES_PER_SECOND, now - 0.5)
                self._line()
            if moving and now >= next_code:
                next_code = max(next_code + 1 / CODES_PER_SECOND, now)
                self._draw_code()

    def close(self) -> None:
        self._terminal.terminate()
        self._terminal.wait()
        self._text.close()


if __name__ == "__main__":
    scene = Scene(Path(sys.argv[1]))
    try:
        scene.run()
    except (BrokenPipeError, xcffib.ConnectionException):
        pass
    finally:
        scene.close()
