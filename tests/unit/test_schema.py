"""The generated contract is fresh: making it again changes nothing."""

from pathlib import Path

import pytest

from rs_server.protocol import schema
from webacd.api import BODIES

CONTRACT = Path(__file__).resolve().parents[2] / "web" / "src" / "contract"


@pytest.mark.parametrize("name", ["messages.json", "messages.ts"])
def test_the_contract_is_fresh(name: str, tmp_path: Path) -> None:
    schema.write(tmp_path, BODIES)
    made, kept = (folder / name for folder in (tmp_path, CONTRACT))
    assert made.read_text(encoding="utf-8") == kept.read_text(encoding="utf-8"), "run `rs-server schema`"


def test_every_message_has_a_schema() -> None:
    defs = schema.json_schema(BODIES)["$defs"]
    assert {kind.__name__ for kind in schema.message_types(BODIES)} <= defs.keys()
