"""The customer's folders, seen through their native client: what staff asks, what the client answers.

A place is a root, which the customer chose on their machine, and the names below it: no path of the machine is ever
told or taken. Bytes travel as files of the session that have a mark (`FileInfo.folder_of`)."""

from typing import Annotated, Literal

import msgspec

from .base import LINES, ONE_LINE, Id, Message, Record, Time

PathName = Annotated[
    str, msgspec.Meta(min_length=1, max_length=255, pattern=r"^(?!\.{1,2}$(?!\n))[^/\\\x00-\x1f\x7f]+$(?!\n)")
]
"""One name, as the client gave it: no separator, no `.` or `..`, no control characters."""
Path = Annotated[list[PathName], msgspec.Meta(max_length=64)]
"""Below a root; empty: the root itself."""
Bytes = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
PAGE = 500
"""Entries of one answer."""


class _Op(msgspec.Struct, frozen=True, kw_only=True, tag_field="op", forbid_unknown_fields=True):
    """Base of what staff asks."""


class FolderList(_Op, frozen=True, kw_only=True, tag="list"):
    """What is in a folder; without `root`: the roots. `after`: `next` of the answer before."""

    root: Id | None = None
    path: Path = []
    after: Annotated[str, msgspec.Meta(max_length=300, pattern=ONE_LINE)] | None = None


class FolderMake(_Op, frozen=True, kw_only=True, tag="make"):
    """A new folder; the last name of the path is its own."""

    root: Id
    path: Annotated[Path, msgspec.Meta(min_length=1)]


class FolderRename(_Op, frozen=True, kw_only=True, tag="rename"):
    root: Id
    path: Annotated[Path, msgspec.Meta(min_length=1)]
    name: PathName


class FolderDelete(_Op, frozen=True, kw_only=True, tag="delete"):
    """The client asks the customer each time."""

    root: Id
    path: Annotated[Path, msgspec.Meta(min_length=1)]


class FolderDownload(_Op, frozen=True, kw_only=True, tag="download"):
    """The client sends it as a file of the session, whose id is in `done`. Whoever has it deletes it there."""

    root: Id
    path: Annotated[Path, msgspec.Meta(min_length=1)]


class FolderUpload(_Op, frozen=True, kw_only=True, tag="upload"):
    """The client takes a file that the sender made for these folders, and which is ready, to this place; the last name
    of the path is its own. Once it is there the file of the session is gone."""

    root: Id
    path: Annotated[Path, msgspec.Meta(min_length=1)]
    file: Id
    exists: Literal["refuse", "replace", "keep_both"] = "refuse"
    """What becomes of one of that name; before one is replaced the client asks the customer."""


class FolderStop(_Op, frozen=True, kw_only=True, tag="stop"):
    """The ask that has this id is not wanted any more; its answer is `refused` with `stopped`, unless it was done."""

    ask: Id


FolderOp = FolderList | FolderMake | FolderRename | FolderDelete | FolderDownload | FolderUpload | FolderStop


class FolderEntry(Record, frozen=True, kw_only=True):
    """`link`: something that leads elsewhere, which is not followed. `root`: its id, in the list of roots."""

    name: PathName
    kind: Literal["folder", "file", "link", "other"]
    size: Bytes | None = None
    changed: Time | None = None
    root: Id | None = None


class _Result(msgspec.Struct, frozen=True, kw_only=True, tag_field="result", forbid_unknown_fields=True):
    """Base of what the client answers."""


class FolderEntries(_Result, frozen=True, kw_only=True, tag="entries"):
    """Ends a `list`. `next`: there is more, and this is what to ask for it with."""

    entries: Annotated[list[FolderEntry], msgspec.Meta(max_length=PAGE)]
    next: Annotated[str, msgspec.Meta(max_length=300, pattern=ONE_LINE)] | None = None


class FolderProgress(_Result, frozen=True, kw_only=True, tag="progress"):
    """Bytes. More follows."""

    done: Bytes
    total: Bytes


class FolderAsking(_Result, frozen=True, kw_only=True, tag="asking"):
    """The customer is asked whether to let this happen. More follows."""


class FolderDone(_Result, frozen=True, kw_only=True, tag="done"):
    """`file`: for a download, of the session. `name`: of an upload that was to keep both, what it is called now, where
    that is not what was asked. `replaced`: of one that was to replace, whether there was a file of that name."""

    file: Id | None = None
    name: PathName | None = None
    replaced: bool = False


FolderReason = Literal[
    "no_consent",
    "no_client",
    "not_found",
    "exists",
    "not_empty",
    "outside",
    "link",
    "bad_name",
    "denied",
    "declined",
    "full",
    "too_large",
    "too_many",
    "stopped",
    "changed",
    "unanswered",
    "failed",
]
"""outside, link: it would leave the roots; denied: by the machine; declined: by the customer, who was asked; full: of
the disk; changed: while it was sent; unanswered: the client did not answer in time."""


class FolderRefused(_Result, frozen=True, kw_only=True, tag="refused"):
    reason: FolderReason
    message: Annotated[str, msgspec.Meta(max_length=500, pattern=LINES)] = ""
    """Of the machine, for who looks after it."""


FolderResult = FolderEntries | FolderProgress | FolderAsking | FolderDone | FolderRefused


class FolderAsk(Message, frozen=True, kw_only=True, tag="folder.ask"):
    """Staff. `list` and `download` need files_read of `giver` (`list` files_write also does), all else files_write.
    `ask` is the sender's own mark, repeated in each answer."""

    ask: Id
    giver: Id
    op: FolderOp


class FolderAnswer(Message, frozen=True, kw_only=True, tag="folder.answer"):
    """The native client, for each ask: any `progress` and `asking`, then one that ends it. `holder`: who asked."""

    ask: Id
    holder: Id
    answer: FolderResult


class FolderDo(Message, frozen=True, kw_only=True, tag="folder.do"):
    """Volatile, to the giver's native client: `by` asks, who held the grant when it was passed on. With the end of the
    grant all that is not done is stopped by the client, without an answer."""

    ask: str
    by: str
    by_name: str
    op: FolderOp


class FolderAnswered(Message, frozen=True, kw_only=True, tag="folder.answered"):
    """Volatile, to who asked."""

    ask: str
    giver: str
    answer: FolderResult
