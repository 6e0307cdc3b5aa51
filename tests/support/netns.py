"""A small internet in network namespaces: a server behind one-to-one NAT, a relay, an agent, and a customer whose
router lets nothing out but https to the server and TURN to the relay.

    customer 192.168.77.2 --+                          +-- relay  198.51.100.5
                            |  router (NAT, firewall)  |
    agent    192.0.2.66   --+                          +-- server 10.0.1.2, known as 203.0.113.10

All packets stay in the namespaces; they and every process in them end with `Internet.close`.
"""

import asyncio
import contextlib
import os
import re
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("ip", "iptables", "turnserver", "chromium")

RELAY, RELAY_PORT = "198.51.100.5", 3478
SERVER_INSIDE, SERVER = "10.0.1.2", "203.0.113.10"
AGENT = "192.0.2.66"
CUSTOMER_INSIDE, CUSTOMER = "192.168.77.2", "203.0.113.77"
MEDIA_PORTS = (40000, 40019)

_HOSTS = {"relay": RELAY, "server": SERVER_INSIDE, "agent": AGENT, "customer": CUSTOMER_INSIDE}


def missing() -> str | None:
    """Why there can be no namespaces here; None when there can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    absent = [tool for tool in TOOLS if shutil.which(tool) is None]
    if absent:
        return f"not installed: {', '.join(absent)}"
    trial = f"ds{os.getpid()}t"
    made = subprocess.run(["ip", "netns", "add", trial], capture_output=True, text=True, check=False)
    subprocess.run(["ip", "netns", "del", trial], capture_output=True, check=False)
    return None if made.returncode == 0 else f"no network namespaces here: {made.stderr.strip()}"


@dataclass(frozen=True)
class Internet:
    """The namespaces, by the names of their hosts."""

    prefix: str
    folder: Path

    def space(self, host: str) -> str:
        return f"{self.prefix}{host}"

    def inside(self, host: str, *command: str) -> list[str]:
        """The command line that runs `command` on this host."""
        return ["ip", "netns", "exec", self.space(host), *command]

    def program(self, host: str, path: str) -> Path:
        """An executable that is `path`, run on this host."""
        script = self.folder / f"{Path(path).name}-{host}"
        script.write_text(f'#!/bin/sh\nexec ip netns exec {self.space(host)} {path} "$@"\n')
        script.chmod(0o755)
        return script

    def refused(self) -> int:
        """UDP datagrams of the customer that the router let nowhere."""
        for line in self._router("iptables", "-L", "FORWARD", "-v", "-x", "-n").splitlines():
            if "refused-udp" in line:
                return int(line.split()[0])
        raise LookupError("no such rule")

    def _router(self, *command: str) -> str:
        return _run(*self.inside("router", *command))

    def build(self) -> None:
        _run("ip", "netns", "add", self.space("router"))
        _run("ip", "-n", self.space("router"), "link", "set", "lo", "up")
        self._router("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward")
        for host, address in _HOSTS.items():
            self._plug_in(host, address)
        for rule in _RULES:
            self._router("iptables", *rule.split())

    def _plug_in(self, host: str, address: str) -> None:
        space, router = self.space(host), self.space("router")
        gateway = f"{address.rpartition('.')[0]}.1"
        _run("ip", "netns", "add", space)
        _run("ip", "-n", space, "link", "set", "lo", "up")
        ends = ("name", "eth0", "netns", space, "type", "veth", "peer", "name", host, "netns", router)
        _run("ip", "link", "add", *ends)
        _run("ip", "-n", router, "addr", "add", f"{gateway}/24", "dev", host)
        _run("ip", "-n", router, "link", "set", host, "up")
        _run("ip", "-n", space, "addr", "add", f"{address}/24", "dev", "eth0")
        _run("ip", "-n", space, "link", "set", "eth0", "up")
        _run("ip", "-n", space, "route", "add", "default", "via", gateway)

    def close(self) -> None:
        """End what still runs in the namespaces, and take them away."""
        for host in ("router", *_HOSTS):
            space = self.space(host)
            found = subprocess.run(["ip", "netns", "pids", space], capture_output=True, text=True, check=False)
            for pid in found.stdout.split():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
            subprocess.run(["ip", "netns", "del", space], capture_output=True, check=False)


_RULES = (
    # Nobody reaches an address behind a NAT from outside.
    "-t mangle -A PREROUTING -d 10.0.0.0/8 -j DROP",
    "-t mangle -A PREROUTING -d 192.168.0.0/16 -j DROP",
    # The server's NAT is one to one, for https and the media ports alone.
    f"-t nat -A PREROUTING -d {SERVER} -p tcp --dport 443 -j DNAT --to-destination {SERVER_INSIDE}",
    f"-t nat -A PREROUTING -d {SERVER} -p udp --dport {MEDIA_PORTS[0]}:{MEDIA_PORTS[1]}"
    f" -j DNAT --to-destination {SERVER_INSIDE}",
    f"-t nat -A POSTROUTING -s {SERVER_INSIDE} -j SNAT --to-source {SERVER}",
    f"-t nat -A POSTROUTING -s {CUSTOMER_INSIDE} -j SNAT --to-source {CUSTOMER}",
    "-P FORWARD DROP",
    "-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
    # The customer's router: https and TURN.
    f"-A FORWARD -i customer -o server -p tcp --dport 443 -m conntrack --ctorigdst {SERVER} -j ACCEPT",
    f"-A FORWARD -i customer -o relay -p udp --dport {RELAY_PORT} -j ACCEPT",
    "-A FORWARD -i customer -p udp -m comment --comment refused-udp -j DROP",
    "-A FORWARD -i customer -j DROP",
    "-A FORWARD -o customer -j DROP",
    "-A FORWARD -j ACCEPT",
)


@contextlib.asynccontextmanager
async def internet(folder: Path) -> AsyncIterator[Internet]:
    await asyncio.to_thread(_sweep)
    made = Internet(f"ds{os.getpid()}", folder)
    try:
        await asyncio.to_thread(made.build)
        yield made
    finally:
        await asyncio.to_thread(made.close)


@contextlib.asynccontextmanager
async def process(
    command: Sequence[str], log: Path, *, env: dict[str, str] | None = None, cwd: Path = ROOT
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process whose standard output is read by us; told to stop at the end, and ended when it does not."""
    with log.open("ab") as errors:
        running = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=errors, env=env, cwd=cwd
        )
    try:
        yield running
    finally:
        if running.returncode is None:
            running.terminate()
        try:
            # Read to the end: a writer whose pipe is full would not end.
            await asyncio.wait_for(running.communicate(), 15)
        except TimeoutError:
            running.kill()
            await running.wait()
            raise


def _sweep() -> None:
    """Take away what tests left that were killed."""
    for line in _run("ip", "netns", "list").splitlines():
        found = re.match(r"ds(\d+)router\b", line)
        if found and not Path(f"/proc/{found[1]}").exists():
            Internet(f"ds{found[1]}", Path()).close()


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout
