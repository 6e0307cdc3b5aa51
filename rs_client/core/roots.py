"""Folders that the person here chose, below which somebody may look or change."""

from rs_server.protocol.base import Record


class Root(Record, frozen=True, kw_only=True):
    """`id` and `name` are told to the others, the rest never leaves the machine. `device` and `inode`: which folder it
    was when it was chosen; another one in its place is not meant."""

    id: str
    name: str
    path: str
    device: int
    inode: int
