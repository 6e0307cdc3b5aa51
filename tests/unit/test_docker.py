"""What the files for containers name is there: no engine is needed to see that."""

import re
from pathlib import Path

import pytest

from rs_server import config

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"


@pytest.mark.parametrize("name", ["Dockerfile", "compose.yml"])
def test_settings_are_ours(name: str) -> None:
    text = (DOCKER / name).read_text(encoding="utf-8")
    pattern = r"^ +(?:ENV )?(DESKSIDE_\w+)[:=]" if name == "compose.yml" else r"\b(DESKSIDE_\w+)="
    named = re.findall(pattern, text, re.MULTILINE)
    assert named
    assert {each.removeprefix("DESKSIDE_").lower() for each in named} <= set(config.names())


def test_what_is_copied_is_there() -> None:
    lines = (DOCKER / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    assert copied
    assert [path for paths in copied for path in paths if not (ROOT / path).exists()] == []


def test_nothing_secret_is_written_down() -> None:
    for path in DOCKER.iterdir():
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.lstrip().startswith("#") and re.search(r"secret|password|token", line, re.IGNORECASE):
                assert re.search(r"\$\{\w+:[?-]\}|use-auth-secret", line), f"{path.name}: {line}"


def test_two_servers_share_one_installation() -> None:
    text = (DOCKER / "compose.yml").read_text(encoding="utf-8")
    services = set(re.findall(r"^  (\w+):$", text.split("\nservices:\n")[1].split("\nnetworks:\n")[0], re.MULTILINE))
    assert services == {"one", "two", "proxy", "postgres", "redis", "relay"}
    # Each of the two is reached by its own name, and has media ports of its own.
    assert re.findall(r"DESKSIDE_CLUSTER_LISTEN: (\w+):\d+", text) == ["one", "two"]
    ranges = re.findall(r"DESKSIDE_MEDIA_PORTS: (\S+)", text)
    assert len(set(ranges)) == 2
    for ports in ranges:
        assert f'"{ports}:{ports}/udp"' in text
    # Both behind the proxy that they trust.
    nginx = (DOCKER / "nginx.conf").read_text(encoding="utf-8")
    port = re.search(r"DESKSIDE_LISTEN_PORT: (\d+)", text)
    assert port is not None
    assert re.findall(r"server (\w+):(\d+)", nginx) == [("one", port[1]), ("two", port[1])]
    trusted = re.search(r"DESKSIDE_TRUSTED_PROXIES: (\S+)", text)
    assert trusted is not None
    assert f"ipv4_address: {trusted[1]}" in text
    # The one data folder, and every mounted file, is there.
    assert text.count("- data:/data") == 1
    assert [name for name in re.findall(r"- \./(\S+?):", text) if not (DOCKER / name).exists()] == []


def test_the_relay_denies_the_house_behind_it() -> None:
    text = (DOCKER / "turnserver.conf").read_text(encoding="utf-8")
    denied = set(re.findall(r"^denied-peer-ip=([^-\n]+)", text, re.MULTILINE))
    assert {"0.0.0.0", "10.0.0.0", "100.64.0.0", "127.0.0.0", "169.254.0.0", "172.16.0.0", "192.168.0.0"} <= denied
    assert {"::1", "fc00::", "fe80::", "::ffff:0.0.0.0"} <= denied
    assert not re.search(r"^allowed-peer-ip", text, re.MULTILINE)
