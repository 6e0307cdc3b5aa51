"""Every sentence of the client stands in both languages, with the same places."""

import ast
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any, get_args

import pytest

from rs_client.consent_ui.base import CAPABILITY_POINTS
from rs_client.core.rights import CLIPBOARD, HERE
from rs_client.core.shown import Connection
from rs_client.errors import Why
from rs_client.texts import LANGUAGES, Texts, catalogues, refused, system_language
from rs_server.protocol.errors import Code
from rs_server.protocol.folders import FolderOp, FolderStop
from rs_server.protocol.session import RecordingPolicy

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


FILLED: dict[str, Collection[str]] = {
    "ask.{}.title": HERE,
    "ask.{}.{}": {f"{each}.{point}" for each in HERE for point in CAPABILITY_POINTS},
    "ask.folders_{}": ("absent", "whole", "unreadable"),
    "code.{}": set(Code),
    "end.{}": ("session_ended", "reported", "resume_refused", "not_allowed", "other"),
    "error.{}": (
        *("empty", "not_link", "not_server", "insecure", "server_needed"),
        *("offline", "certificate", "strange"),
        *("link_invalid", "throttled", "other"),
    ),
    "folder.{}": {str(each.__struct_config__.tag) for each in get_args(FolderOp) if each is not FolderStop}
    | {"reads", "writes"},
    "ask.remove.{}": ("file", "folder", "replace"),
    "meet.recording_{}": get_args(RecordingPolicy),
    "note.clipboard_{}": ("cleaned", "long"),
    "why.{}": set(Why),
    "window.{}": {*CLIPBOARD, *get_args(Connection), "stop", "leave"} - {"connected"},
}
"""What stands in the places of the keys that the source puts together."""


def keys_in_source() -> tuple[set[str], set[str]]:
    """(whole ones, and whatever else is a word; those with places)"""
    whole, with_places = set(), set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [str(each.value) if isinstance(each, ast.Constant) else "{}" for each in node.values]
                if re.fullmatch(r"[a-z]+\.[a-z0-9_.{}]+", key := "".join(parts)):
                    with_places.add(key)
    return whole, with_places


def test_every_key_in_the_source_is_there_and_every_text_has_its_use() -> None:
    there = {key.removeprefix(".") for key in leaves(Texts("en")._tree)}
    whole, with_places = keys_in_source()
    assert with_places == FILLED.keys()
    filled = {key.format(*each.split(".")) for key, fills in FILLED.items() for each in fills}
    called = {
        key
        for path in SOURCE.rglob("*.py")
        for key in re.findall(r'(?:texts|note|finish)\(\s*"([a-z0-9_.]+)"', path.read_text("utf-8"))
    }
    assert len(called) > 40
    # The server's codes that say nothing here have the words for the others.
    assert {key for key in called | filled if not key.startswith("code.")} <= there
    assert there <= whole | filled


@pytest.mark.parametrize("code", Code)
def test_a_refusal_is_in_the_persons_language(code: Code) -> None:
    said = [refused(Texts(language), code) for language in LANGUAGES]
    assert said[0] != said[1]


@pytest.mark.parametrize(("said", "language"), [("fr_FR.UTF-8", "fr"), ("C.UTF-8", "en"), ("de_DE", "en")])
def test_the_systems_language(monkeypatch: pytest.MonkeyPatch, said: str, language: str) -> None:
    monkeypatch.setenv("LC_ALL", said)
    assert system_language() == language


def test_the_catalogues_are_found() -> None:
    assert {f"{each}.json" for each in LANGUAGES} <= {path.name for path in catalogues().iterdir()}
