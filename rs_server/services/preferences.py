"""How a person likes things, kept with the account: small, and read from memory."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import msgspec

from rs_server.db import Database
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.store import preferences as store

TEAM_BAR: Final = "team_bar"
"""Users, in the order of the bar."""

KEYS: Final = frozenset({TEAM_BAR})
MOST_BYTES = 4096

_T = TypeVar("_T")


class Preferences:
    def __init__(self, database: Database, tenant: str) -> None:
        self._database = database
        self._tenant = tenant
        self._values: dict[tuple[str, str], str] = {}
        self._told: list[Callable[[str], None]] = []

    async def start(self) -> None:
        async with self._database.read() as connection:
            self._values = await store.load(connection, self._tenant)

    def on_change(self, told: Callable[[str], None]) -> None:
        """Call `told(user)` after one of theirs was kept."""
        self._told.append(told)

    def get(self, user: str, key: str, kind: type[_T]) -> _T | None:
        """None when nothing is kept, or nothing of this kind."""
        text = self._values.get((user, key))
        if text is None:
            return None
        try:
            return msgspec.json.decode(text, type=kind)
        except msgspec.MsgspecError:
            return None

    async def put(self, user: str, key: str, value: Any) -> None:
        """Raises `bad_request` for an unknown key, `too_large`."""
        if key not in KEYS:
            raise ProtocolError(Code.BAD_REQUEST, "no such preference")
        text = msgspec.json.encode(value).decode()
        if len(text) > MOST_BYTES:
            raise ProtocolError(Code.TOO_LARGE)

        def kept() -> None:
            self._values[user, key] = text
            for told in self._told:
                told(user)

        async with self._database.begin() as unit:
            await store.put(unit.connection, self._tenant, user, key, text)
            unit.after_commit(kept)
