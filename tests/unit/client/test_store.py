"""What is kept on the device, and what is not believed."""

import os
import shutil
import stat
import time
from pathlib import Path

import pytest

from rs_client.core.address import Target
from rs_client.core.rights import Agreed
from rs_client.store import KEPT, MOST, Kept, Store

AIM = Target("https://help.example", link="t" * 24)
OTHER = Target("https://other.example", link="t" * 24)


def kept(**more: object) -> Kept:
    agreed = [Agreed(capability="desktop_view", holder="a", grant="g")]
    fields: dict[str, object] = {"resume": "r" * 24, "company": "ACME", "at": time.time(), "agreed": agreed, **more}
    return Kept(**fields)  # type: ignore[arg-type]


def test_it_is_found_again_by_what_was_typed(tmp_path: Path) -> None:
    store = Store(tmp_path / "state")
    store.keep(AIM, kept())
    again = Store(tmp_path / "state")
    assert again.device == store.device
    assert len(store.device) >= 22
    found = again.find(AIM)
    assert found is not None
    assert found.agreed == kept().agreed
    assert again.find(OTHER) is None, "another server gets no token of this one"
    again.forget(AIM)
    assert Store(tmp_path / "state").find(AIM) is None


def test_a_copy_of_the_file_is_another_device_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    store = Store(here)
    store.keep(AIM, kept())
    device = store.device
    assert device not in (here / "client.json").read_text()
    there.mkdir()
    shutil.copy(here / "client.json", there)
    assert Store(there).device == device, "the same machine and user"
    other = tmp_path / "machine-id"
    other.write_text("another\n")
    monkeypatch.setattr("rs_client.store.MACHINE", (tmp_path / "none", other))
    assert Store(there).device != device
    # Without such a number the network's card stands for the machine.
    monkeypatch.setattr("rs_client.store.MACHINE", ())
    assert Store(there).device != device


def test_only_the_user_can_read_it_and_no_link_stands_in_it(tmp_path: Path) -> None:
    Store(tmp_path).keep(AIM, kept())
    path = tmp_path / "client.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text()
    assert "help.example" not in text
    assert "t" * 24 not in text
    assert [each.name for each in tmp_path.iterdir()] == ["client.json"]


def test_it_is_not_kept_for_ever(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.keep(AIM, kept(at=time.time() - KEPT - 1))
    assert store.find(AIM) is None
    for number in range(MOST + 3):
        store.keep(AIM._replace(number=str(number)), kept(at=time.time() + number - 100))
    assert store.find(AIM._replace(number="0")) is None
    assert store.find(AIM._replace(number=str(MOST + 2))) is not None


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o602])
def test_a_file_that_others_can_touch_is_not_believed(tmp_path: Path, mode: int) -> None:
    store = Store(tmp_path)
    store.keep(AIM, kept())
    (tmp_path / "client.json").chmod(mode)
    patched = Store(tmp_path)
    assert patched.find(AIM) is None
    assert patched.device != store.device


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"device": 1}', '{"device":"d","sessions":{"a":{"resume":2}}}', "\0"]
)
def test_a_broken_file_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "client.json"
    path.write_text(text)
    path.chmod(0o600)
    store = Store(tmp_path)
    assert store.find(AIM) is None
    store.keep(AIM, kept())
    assert Store(tmp_path).find(AIM) is not None


def test_neither_links_nor_pipes_are_followed(tmp_path: Path) -> None:
    Store(tmp_path / "theirs").keep(AIM, kept())
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "client.json").symlink_to(tmp_path / "theirs" / "client.json")
    assert Store(tmp_path / "mine").find(AIM) is None
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe" / "client.json", 0o600)
    assert Store(tmp_path / "pipe").find(AIM) is None
