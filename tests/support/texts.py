"""The words on the surface, from the catalogues that the pages use."""

import json
import re
from typing import Any

from tests.support.demo import ROOT


class Texts:
    """Finds what a key reads in one language: `say("staff.login.title")`."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._tree: dict[str, Any] = json.loads((ROOT / "web" / "locales" / f"{language}.json").read_text("utf-8"))

    def __call__(self, key: str, **values: object) -> str:
        at: Any = self._tree
        for part in key.split("."):
            at = at[part]
        return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda found: str(values[found[1]]), str(at))
