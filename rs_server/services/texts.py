"""The catalogues of texts, read by the server for what it writes itself (mail, titles of pages)."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


class Texts:
    """One i18next JSON catalogue a language; a text that a language lacks comes in English."""

    def __init__(self, folder: Path) -> None:
        self._catalogues: dict[str, Mapping[str, Any]] = {
            path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))
        }

    @property
    def languages(self) -> list[str]:
        return sorted(self._catalogues)

    def say(self, language: str, key: str, **values: str) -> str:
        """The text under `key` (`a.b.c`) with its places filled. Raises `KeyError` for a key that is nowhere."""
        for name in (language, language.split("-")[0], "en"):
            text = self._find(name, key)
            if text is not None:
                return _PLACE.sub(lambda place: values.get(place.group(1), ""), text)
        raise KeyError(key)

    def _find(self, language: str, key: str) -> str | None:
        node: Any = self._catalogues.get(language)
        for step in key.split("."):
            if not isinstance(node, Mapping):
                return None
            node = node.get(step)
        return node if isinstance(node, str) else None

    def best(self, accepted: str) -> str:
        """The language that suits an `Accept-Language` header best."""
        for piece in accepted.split(","):
            name = piece.split(";")[0].strip().split("-")[0].lower()
            if name in self._catalogues:
                return name
        return "en"


def plain(name: str, most: int = 500) -> str:
    """A name from somebody's machine, for the log: nothing in it turns the writing round; a long one keeps its end."""
    shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name)
    return shown if len(shown) <= most else f"…{shown[1 - most :]}"
