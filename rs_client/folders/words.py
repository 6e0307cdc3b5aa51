"""What is done in the folders, in the person's words."""

from collections.abc import Mapping

from rs_client.core.roots import Root
from rs_client.folders.names import readable
from rs_client.texts import Texts
from rs_server.protocol.folders import FolderDo, FolderList, FolderRename, FolderStop, FolderUpload

MOST_SHOWN = 80
"""Characters of a name or a place; of a longer one the middle is left out."""


def act(texts: Texts, do: FolderDo, roots: Mapping[str, Root]) -> str | None:
    """None for what is no act of its own: a stop. A further page is said as the first: any may be asked for alone."""
    op = do.op
    if isinstance(op, FolderStop):
        return None
    if isinstance(op, FolderList):
        if op.root is None:
            return None
        return texts("folder.list", name=readable(do.by_name), place=place(op.root, op.path, roots))
    said = {"name": readable(do.by_name), "what": what(op.path), "place": place(op.root, op.path[:-1], roots)}
    if isinstance(op, FolderRename):
        said["to"] = _short(op.name)
    return texts(f"folder.{op.__struct_config__.tag}", **said)


def replacing(texts: Texts, do: FolderDo, op: FolderUpload, roots: Mapping[str, Root]) -> str:
    said = {"what": what(op.path), "place": place(op.root, op.path[:-1], roots)}
    return texts("folder.replace", name=readable(do.by_name), **said)


def what(path: list[str]) -> str:
    return _short(path[-1])


def place(root: str, path: list[str], roots: Mapping[str, Root]) -> str:
    return _short("/".join([roots[root].name if root in roots else "?", *path]))


def _short(text: str) -> str:
    text = readable(text)
    if len(text) <= MOST_SHOWN:
        return text
    return f"{text[: MOST_SHOWN // 2 - 1]}…{text[-MOST_SHOWN // 2 :]}"
