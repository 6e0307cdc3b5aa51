"""Settings: documented, read from the command line before the environment before the default."""

import argparse
from pathlib import Path

import pytest

from rs_server import config

OPERATIONS = Path(__file__).resolve().parents[2] / "docs" / "operations.md"


@pytest.mark.parametrize("row", config.table().splitlines()[2:])
def test_each_setting_is_documented(row: str) -> None:
    assert row in OPERATIONS.read_text(encoding="utf-8").splitlines(), "bring the table of settings up to date"


def read(*line: str, **environment: str) -> config.Config:
    parser = argparse.ArgumentParser()
    config.add_arguments(parser)
    return config.read(vars(parser.parse_args(line)), environment)


def test_defaults() -> None:
    assert read() == config.Config()


def test_the_command_line_wins() -> None:
    settings = read("--listen-port", "1", DESKSIDE_LISTEN_PORT="2", DESKSIDE_COMPANY="Acme")
    assert (settings.listen_port, settings.company) == (1, "Acme")


def test_kinds() -> None:
    settings = read(
        DESKSIDE_TRUSTED_PROXIES="10.0.0.1, 10.0.0.2",
        DESKSIDE_TURN_ONLY="yes",
        DESKSIDE_VANISH_AFTER="1.5",
        DESKSIDE_DATA="/srv/deskside",
        DESKSIDE_MEDIA_PORTS="40000-40999",
    )
    assert settings.trusted_proxies == ["10.0.0.1", "10.0.0.2"]
    assert settings.turn_only is True
    assert settings.vanish_after == 1.5
    assert settings.data == Path("/srv/deskside")
    assert settings.port_range == (40000, 40999)
    assert settings.url.startswith("sqlite+aiosqlite:////srv/deskside/")
    assert read(DESKSIDE_TURN_ONLY="no").turn_only is False


def test_a_wrong_value_names_its_setting() -> None:
    with pytest.raises(ValueError, match="listen_port"):
        read(DESKSIDE_LISTEN_PORT="many")
    with pytest.raises(SystemExit):
        read("--listen-port", "many")


def test_repeated_options_are_a_list() -> None:
    assert read("--turn-urls", "turn:a", "--turn-urls", "turn:b").turn_urls == ["turn:a", "turn:b"]
