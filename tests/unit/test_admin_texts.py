"""Everything that the administration can be told has words on its page, in both languages."""

import json
import re
from typing import Any, get_args

import pytest

from rs_server.ports import ReasonCode
from tests.support.demo import ROOT
from webacd.core.items import TYPES
from webacd.core.problem import WORDS


def texts(language: str) -> dict[str, Any]:
    catalogue = json.loads((ROOT / "web" / "locales" / f"{language}.json").read_text("utf-8"))
    return dict(catalogue["admin"])


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_problem_is_said_with_what_it_is_told(language: str) -> None:
    said = texts(language)["problem"]
    assert set(said) == {*WORDS, "other"}
    for code, words in WORDS.items():
        known = set(re.findall(r"\{(\w+)", words))
        assert set(re.findall(r"\{\{(\w+)", said[code])) <= known, code


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_effect_is_said(language: str) -> None:
    source = (ROOT / "webacd" / "effects.py").read_text("utf-8")
    codes = set(re.findall(r'Effect\("(\w+)"', source)) | set(re.findall(r'\("(offers_\w+)"', source))
    assert len(codes) > 6
    said = [text for text in texts(language)["effect"] if text.endswith("_other")]
    assert [code for code in codes if not any(text.startswith(f"{code}_") for text in said)] == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_reason_and_kind_is_said(language: str) -> None:
    said = texts(language)
    assert set(said["why"]) == set(get_args(ReasonCode))
    assert set(said["kind"]) == set(TYPES) - {"rules"}
