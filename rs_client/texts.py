"""The words of the client: section `client` of the catalogues that the pages use."""

import json
import locale
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rs_server.protocol.errors import Code

LANGUAGES = ("en", "fr")
_PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def catalogues() -> Path:
    """In the wheel and in a single file beside this module, in the source where the pages have them."""
    packed = Path(__file__).resolve().parent / "_locales"
    return packed if packed.is_dir() else Path(__file__).resolve().parents[1] / "web" / "locales"


def system_language() -> str:
    said = next((os.environ[each] for each in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(each)), "")
    if not said and sys.platform in ("win32", "darwin"):
        said = locale.getlocale()[0] or ""
    return "fr" if said.lower().startswith("fr") else "en"


class Texts:
    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else "en"
        text = (catalogues() / f"{self.language}.json").read_text(encoding="utf-8")
        self._tree: Mapping[str, Any] = json.loads(text)["client"]

    def __call__(self, key: str, **values: str) -> str:
        """The text under `key` (`a.b`), its places filled. Raises KeyError."""
        node: Any = self._tree
        for step in key.split("."):
            node = node[step]
        if not isinstance(node, str):
            raise KeyError(key)
        return _PLACE.sub(lambda place: values.get(place.group(1), ""), node)


def refused(texts: Texts, code: Code) -> str:
    """Why the server says no."""
    try:
        return texts(f"code.{code.value}")
    except KeyError:
        return texts("code.other")
