"""ICE on the addresses and ports that the settings name (RFC 8445)."""

import asyncio
import logging
import secrets
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from aioice import Candidate, Connection, TransportPolicy
from aioice.candidate import candidate_foundation, candidate_priority
from aioice.ice import StunProtocol, get_host_addresses
from aioice.stun import Message
from aiortc import RTCIceCandidate
from aiortc.sdp import candidate_from_sdp

logger = logging.getLogger(__name__)

MAX_QUEUE = 2048
"""Datagrams that may wait between the socket and decryption."""

MAX_CANDIDATES = 40
"""Candidates taken from one peer."""

RECEIVE_BUFFER = 1 << 20


@dataclass(frozen=True)
class IceSettings:
    """Where media is sent and received."""

    addresses: Sequence[str] | None = None
    """Local addresses to bind; None = all of the machine's, without loopback."""
    public_address: str | None = None
    """Address under which peers reach us when it is not one of ours (one-to-one NAT)."""
    ports: tuple[int, int] | None = None
    """Lowest and highest UDP port; None = any."""

    def host_addresses(self) -> list[str]:
        """The local addresses to bind."""
        if self.addresses is not None:
            return list(self.addresses)
        found = get_host_addresses(use_ipv4=True, use_ipv6=True)
        return [text for text in found if not ip_address(text).is_link_local]


class NoPort(OSError):
    """No UDP port of the range is free, or no address can be bound."""


class HostConnection(Connection):
    """ICE without servers: host candidates only. The peer's address is learned from its checks, so candidates
    that hide behind an mDNS name need no resolving."""

    def __init__(self, settings: IceSettings, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._settings = settings
        self._taken = 0
        self.heard = time.monotonic()
        """When anything last came from the peer, in seconds on the monotonic clock."""

    async def get_component_candidates(self, component: int, addresses: list[str], timeout: int = 5) -> list[Candidate]:
        """Bind a socket on each address of the settings. Raises NoPort when none could be bound."""
        candidates = []
        for address in self._settings.host_addresses():
            try:
                protocol = await self._bind(address)
            except OSError as error:
                logger.info("cannot bind %s for media: %s", address, error)
                continue
            host, port = protocol.transport.get_extra_info("sockname")[:2]
            protocol.local_candidate = Candidate(
                foundation=candidate_foundation("host", "udp", host),
                component=component,
                transport="udp",
                priority=candidate_priority(component, "host"),
                host=host,
                port=port,
                type="host",
            )
            self._protocols.append(protocol)
            candidates.append(protocol.local_candidate)
        if not candidates:
            raise NoPort("no address and port for media")
        return candidates

    async def add_remote_candidate(self, remote_candidate: Candidate | None) -> None:
        """Add what can be used. The end of candidates is not passed on: a peer whose candidates are all
        hidden would count as unreachable before its first check arrives."""
        if remote_candidate is None or self._taken >= MAX_CANDIDATES:
            return
        try:
            ip_address(remote_candidate.host)
        except ValueError:
            return
        self._taken += 1
        await super().add_remote_candidate(remote_candidate)

    def data_received(self, data: bytes, component: int) -> None:
        self.heard = time.monotonic()
        if self._queue.qsize() < MAX_QUEUE:
            super().data_received(data, component)

    def request_received(self, message: Message, addr: tuple[str, int], protocol: StunProtocol) -> None:
        self.heard = time.monotonic()
        super().request_received(message, addr, protocol)

    async def _bind(self, address: str) -> StunProtocol:
        loop = asyncio.get_running_loop()
        for port in self._ports():
            try:
                transport, protocol = await loop.create_datagram_endpoint(
                    lambda: StunProtocol(self), local_addr=(address, port)
                )
            except OSError:
                if port == 0:
                    raise
                continue
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
            return protocol
        raise NoPort(f"no free UDP port on {address}")

    def _ports(self) -> list[int]:
        if self._settings.ports is None:
            return [0]
        low, high = self._settings.ports
        ports = list(range(low, high + 1))
        start = secrets.randbelow(len(ports))
        return ports[start:] + ports[:start]


class ClientConnection(HostConnection):
    """ICE of a client: host candidates, and one on the relay where there is one."""

    async def get_component_candidates(self, component: int, addresses: list[str], timeout: int = 5) -> list[Candidate]:
        """Raises NoPort when there is no way at all."""
        relayed: list[Candidate] = []
        if self.turn_server is not None:
            relayed = await Connection.get_component_candidates(self, component, [], timeout)
        if self._transport_policy is TransportPolicy.RELAY:
            return relayed
        try:
            return await super().get_component_candidates(component, addresses, timeout) + relayed
        except NoPort:
            if relayed:
                return relayed
            raise


def parse_candidate(line: str) -> RTCIceCandidate | None:
    """A trickled `candidate:` line. None when it is empty (the end), malformed, TCP, or hides its address."""
    text = line.removeprefix("a=").removeprefix("candidate:").strip()
    if not text or len(text) > 512:
        return None
    try:
        candidate = candidate_from_sdp(text)
        ip_address(candidate.ip)
    except (AssertionError, ValueError, IndexError):
        return None
    usable = candidate.component == 1 and candidate.protocol.lower() == "udp" and 0 < candidate.port < 65536
    return candidate if usable else None


def publish_address(sdp: str, public_address: str | None) -> str:
    """Add to an offer, beside each host candidate of its family, one with the public address (as after
    NAT)."""
    if public_address is None:
        return sdp
    family = ip_address(public_address).version
    lines: list[str] = []
    for line in sdp.splitlines():
        lines.append(line)
        parts = line.split()
        if not line.startswith("a=candidate:") or parts[7] != "host" or ip_address(parts[4]).version != family:
            continue
        priority = candidate_priority(int(parts[1]), "srflx")
        foundation = candidate_foundation("srflx", "udp", parts[4])
        lines.append(
            f"a=candidate:{foundation} {parts[1]} udp {priority} {public_address} {parts[5]} typ srflx "
            f"raddr {parts[4]} rport {parts[5]}"
        )
    return "\r\n".join(lines) + "\r\n"
