"""Every sentence of the client stands in both languages, with the same places."""

import re
from pathlib import Path
from typing import Any

import pytest

from rs_client.core.rights import HERE
from rs_client.texts import LANGUAGES, Texts, catalogues, system_language

SOURCE = Path(__file__).resolve().parents[3] / "rs_client"


def leaves(tree: Any, path: str = "") -> dict[str, str]:
    if isinstance(tree, str):
        return {path: tree}
    return {key: text for name, node in tree.items() for key, text in leaves(node, f"{path}.{name}").items()}


def test_both_languages_say_the_same() -> None:
    found = [leaves(Texts(language)._tree) for language in LANGUAGES]
    assert found[0].keys() == found[1].keys()
    for key, text in found[0].items():
        places = [sorted(set(re.findall(r"\{\{(\w+)\}\}", each[key]))) for each in found]
        assert places[0] == places[1], key
        assert text.strip()


def test_french_is_set_as_french_is() -> None:
    for key, text in leaves(Texts("fr")._tree).items():
        assert not re.search(r"[^\u00a0\u202f][:;!?»](\s|$)", text), key
        assert "'" not in text, key


def test_whatever_can_be_asked_has_its_question() -> None:
    texts = Texts("en")
    for capability in HERE:
        for part in ("title", "point1", "point2", "point3"):
            assert texts(f"ask.{capability}.{part}", name="Anna")


def test_every_key_in_the_source_is_there() -> None:
    texts = Texts("en")
    keys = {
        key
        for path in SOURCE.rglob("*.py")
        for key in re.findall(r'texts\(\s*"([a-z0-9_.]+)"', path.read_text("utf-8"))
    }
    assert len(keys) > 40
    for key in keys:
        assert texts(key)


@pytest.mark.parametrize(("said", "language"), [("fr_FR.UTF-8", "fr"), ("C.UTF-8", "en"), ("de_DE", "en")])
def test_the_systems_language(monkeypatch: pytest.MonkeyPatch, said: str, language: str) -> None:
    monkeypatch.setenv("LC_ALL", said)
    assert system_language() == language


def test_the_catalogues_are_found() -> None:
    assert {f"{each}.json" for each in LANGUAGES} <= {path.name for path in catalogues().iterdir()}
