"""Addresses, ports and candidates."""

import socket

import pytest
from aioice import Candidate

from rs_server.rtc.ice import (
    MAX_CANDIDATES,
    MAX_QUEUE,
    HostConnection,
    IceSettings,
    NoPort,
    parse_candidate,
    publish_address,
)

HOST = "candidate:1 1 udp 2122194687 192.0.2.2 49919 typ host generation 0 ufrag bERB network-id 1"


def connection(**settings: object) -> HostConnection:
    return HostConnection(
        IceSettings(addresses=["127.0.0.1"], **settings),  # type: ignore[arg-type]
        ice_controlling=True,
    )


def test_a_candidate_is_read() -> None:
    candidate = parse_candidate(HOST)
    assert candidate is not None
    assert (candidate.ip, candidate.port, candidate.type) == ("192.0.2.2", 49919, "host")
    assert parse_candidate("a=" + HOST) is not None


@pytest.mark.parametrize(
    "line",
    [
        "",
        "candidate:",
        "candidate:1 1 udp",
        "candidate:1 1 udp x 192.0.2.2 1 typ host",
        HOST.replace("192.0.2.2", "1b0e9a9c-7f0a-4f0e-8d8e-6f2f5a7b9c00.local"),
        HOST.replace("udp", "tcp"),
        HOST.replace(" 1 udp", " 2 udp"),
        HOST.replace("49919", "0"),
        HOST.replace("49919", "70000"),
        HOST + "x" * 600,
        "candidate:\x00",
    ],
)
def test_what_is_of_no_use_is_ignored(line: str) -> None:
    assert parse_candidate(line) is None


async def test_ports_are_of_the_range_and_run_out() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        low = min(probe.getsockname()[1], 65_533)
    opened = [connection(ports=(low, low + 1)) for _ in range(2)]
    try:
        for ice in opened:
            await ice.gather_candidates()
        assert {ice.local_candidates[0].port for ice in opened} == {low, low + 1}
        with pytest.raises(NoPort):
            await connection(ports=(low, low + 1)).gather_candidates()
    finally:
        for ice in opened:
            await ice.close()


async def test_hidden_candidates_and_the_end_are_not_passed_on() -> None:
    ice = connection()
    candidate = Candidate.from_sdp("1 1 udp 1 deadbeef.local 5 typ host")
    await ice.add_remote_candidate(candidate)
    await ice.add_remote_candidate(None)
    assert ice.remote_candidates == []
    for port in range(1, 100):
        await ice.add_remote_candidate(Candidate.from_sdp(f"1 1 udp 1 127.0.0.1 {port} typ host"))
    assert len(ice.remote_candidates) == MAX_CANDIDATES
    await ice.close()


async def test_datagrams_wait_in_a_bounded_queue() -> None:
    ice = connection()
    for _ in range(MAX_QUEUE + 10):
        ice.data_received(b"\x80", 1)
    assert ice._queue.qsize() == MAX_QUEUE
    await ice.close()


def test_all_addresses_are_those_of_the_machine_without_loopback() -> None:
    assert "127.0.0.1" not in IceSettings().host_addresses()


def test_the_public_address_is_published_beside_ours() -> None:
    hosts = ["1 1 udp 5 10.0.0.7 4000 typ host", "2 1 udp 5 fd00::1 4001 typ host"]
    sdp = "v=0\r\n" + "".join(f"a=candidate:{host}\r\n" for host in hosts)
    assert publish_address(sdp, None) == sdp
    lines = publish_address(sdp, "203.0.113.9").splitlines()
    assert len(lines) == 4
    added = parse_candidate(lines[2])
    assert added is not None
    assert (added.ip, added.port, added.type) == ("203.0.113.9", 4000, "srflx")
    assert (added.relatedAddress, added.relatedPort) == ("10.0.0.7", 4000)
