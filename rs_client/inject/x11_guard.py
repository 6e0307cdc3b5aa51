"""A small process that lifts what a killed one left pressed.

The X server keeps keys of XTest down when their client is gone. The injector says what it presses before it does, in
lines on a pipe; when the pipe ends, what is still down is lifted, and borrowed key codes are given back."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable

import xcffib.xproto as xp
import xcffib.xtest

from rs_client.errors import Gone, Unsupported
from rs_client.x11.display import Display

ARGUMENT = "--x11-guard"
"""How a single-file build of the client is started as a guard: it has no `python -m`."""


class Guard:
    """The injector's end of the pipe."""

    def __init__(self, display: str) -> None:
        frozen = getattr(sys, "frozen", False)
        begin = [sys.executable, ARGUMENT] if frozen else [sys.executable, "-m", __name__]
        # In a session of its own: what ends the client's process group does not end it.
        self._process = subprocess.Popen(
            [*begin, display], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
        )
        assert self._process.stdin is not None
        self._pipe = self._process.stdin

    def say(self, what: str, code: int, *, held: bool) -> None:
        """`key` or `button` is about to be pressed, or was lifted; `spare`: a key code is borrowed, or given back."""
        try:
            os.write(self._pipe.fileno(), f"{what} {code} {int(held)}\n".encode())
        except OSError:
            # Somebody ended it. Lifting is the injector's work while it lives; only its own violent end finds no
            # guard then.
            return

    def close(self) -> None:
        """Whatever becomes of the guard: who stops is stopped."""
        self._pipe.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def left(lines: Iterable[str]) -> dict[str, set[int]]:
    """What is held after these lines."""
    held: dict[str, set[int]] = {"key": set(), "button": set(), "spare": set()}
    for line in lines:
        what, code, down = line.split()
        (held[what].add if down == "1" else held[what].discard)(int(code))
    return held


def lift(display: Display, held: dict[str, set[int]]) -> None:
    test = display.extension(xcffib.xtest.key)
    for kind, codes in ((xp.KeyReleaseEvent, held["key"]), (xp.ButtonReleaseEvent, held["button"])):
        for code in codes:
            test.FakeInput(kind.event_number, code, 0, 0, 0, 0, 0)
    for code in held["spare"]:
        display.core.ChangeKeyboardMapping(1, code, 1, [0])
    display.core.GetInputFocus().reply()


def main(name: str) -> None:
    for each in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    try:
        display = Display(name or None)
        lift(display, left(sys.stdin))
    except (Gone, Unsupported, xcffib.XcffibException):
        # The display ended: nothing is pressed any more.
        return


if __name__ == "__main__":
    main(sys.argv[-1])
