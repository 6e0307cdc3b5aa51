"""How it ends here, and in which words: only what the server confirmed is said to be known there."""

import asyncio
from collections.abc import Callable

from rs_client.owed import Owed
from rs_client.texts import Texts

LAST_WORDS = 20.0
"""Seconds that the server has, when it is over, to hear what it does not know yet."""


class Ending:
    """`forget`: whoever starts again begins anew. Needs a running loop."""

    def __init__(self, texts: Texts, owed: Owed, forget: Callable[[], None]) -> None:
        self.words: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._texts = texts
        self._owed = owed
        self._forget = forget
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_near(self) -> bool:
        """The session is over; what is owed may still be on its way."""
        return self._timer is not None

    def begin(self) -> None:
        """The session is over. To be followed by `over` when nothing is owed any more, else it comes by itself."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LAST_WORDS, self.over)

    def over(self) -> None:
        self._forget()
        self.finish("end.reported" if self._owed.reported else "end.session_ended")

    def finish(self, key: str, **values: str) -> None:
        """With these words, unless it is over already; and with what was said here and the company does not know."""
        words = [self._texts(key, **values)]
        if self._owed.reporting and not self._owed.reported:
            words.append(self._texts("end.unreported"))
        if not self.words.done():
            self.words.set_result(" ".join(words))

    def fail(self, error: BaseException) -> None:
        if not self.words.done():
            self.words.set_exception(error)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
