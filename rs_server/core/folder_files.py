"""Files that carry bytes from or to somebody's folders: who may make and fetch them, and how long they live. Pure.

`endpoint` is the native client that asks, None for everybody else."""

from typing import Protocol

from rs_server.core import native
from rs_server.core.session import Session
from rs_server.protocol.consent import Capability

_READ: frozenset[Capability] = frozenset({"files_read"})
_WRITE: frozenset[Capability] = frozenset({"files_write"})


class Carried(Protocol):
    """A file, as the session or the store knows it."""

    @property
    def sender(self) -> str: ...

    @property
    def folder_of(self) -> str | None: ...

    @property
    def folder_for(self) -> str | None: ...


def may_make(session: Session, folder_of: str, sender: str, endpoint: str | None) -> bool:
    """From folders, only the native client of their owner, while somebody may read them; to folders, only who may
    write there."""
    if folder_of == sender:
        return endpoint is not None and bool(native.holders(session, sender, "files_read", endpoint))
    return endpoint is None and native.has_any(session, folder_of, sender, _WRITE)


def may_fetch(session: Session, file: Carried, reader: str, endpoint: str | None) -> bool:
    """From folders, only who asked for it, once that is answered and in the log; to folders, only the client there."""
    giver = file.folder_of
    if giver is None:
        return True
    if giver == file.sender:
        return endpoint is None and reader == file.folder_for and native.has_any(session, giver, reader, _READ)
    return (
        reader == giver
        and endpoint is not None
        and file.sender in native.holders(session, giver, "files_write", endpoint)
    )


def is_wanted(session: Session, file: Carried) -> bool:
    """The consent that it rests on stands. Until the client has said whose it is, anybody's."""
    giver = file.folder_of
    if giver is None:
        return True
    live = [grant for grant in session.live_grants() if grant.giver == giver]
    if giver == file.sender:
        return any(grant.capability == "files_read" and file.folder_for in (None, grant.holder) for grant in live)
    return any(grant.capability == "files_write" and grant.holder == file.sender for grant in live)
