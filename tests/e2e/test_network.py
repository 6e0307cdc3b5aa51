"""A server behind its own NAT, an agent out in the open, and a customer whose router lets out https and TURN alone."""

import base64
import contextlib
import hashlib
import hmac
import json
import secrets
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.support import netns
from tests.support.browsers import CHROMIUM, People, hears, moving_video, say, sees_pattern, share_pattern
from tests.support.netns import Internet, internet
from tests.support.serve import ENVIRONMENT, add_user, certificate, coturn, serve

NAME = "support.test"
BASE = f"https://{NAME}"
RELAY = f"turn:{netns.RELAY}:{netns.RELAY_PORT}"
PASSWORD = "six-brown-owls-at-dawn"

_reason = netns.missing()
pytestmark = [
    pytest.mark.skipif(_reason is not None, reason=f"network namespaces: {_reason}"),
    pytest.mark.timeout(180),
]


@pytest.fixture
async def net(tmp_path: Path) -> AsyncIterator[Internet]:
    async with internet(tmp_path) as built:
        yield built


async def person(crowd: People, net: Internet, host: str, hertz: float) -> Page:
    """Somebody at this host."""
    names = f"--host-resolver-rules=MAP {NAME} {netns.SERVER}, MAP * ~NOTFOUND"
    return await crowd.person(
        hertz=hertz,
        flags=("--ignore-certificate-errors", names),
        program=net.program(host, CHROMIUM or "chromium"),
    )


async def selected(page: Page) -> dict[str, Any]:
    """The pair of candidates over which this page's media goes."""
    found: dict[str, Any] = await page.evaluate(
        """async () => {
          const pc = window.__peers.findLast((one) => one.connectionState === "connected")
          const stats = await pc.getStats()
          const all = new Map([...stats.values()].map((one) => [one.id, one]))
          const transport = [...stats.values()].find((one) => one.type === "transport")
          const pair = all.get(transport.selectedCandidatePairId)
          return { local: all.get(pair.localCandidateId), remote: all.get(pair.remoteCandidateId) }
        }"""
    )
    return found


@contextlib.asynccontextmanager
async def support(net: Internet, folder: Path, secret: str) -> AsyncIterator[None]:
    """The server, with an agent called Lena."""
    cert, key = certificate(folder, NAME)
    data = folder / "data"
    await add_user(data, "lena", "agent", PASSWORD)
    options = (
        *("--data", str(data), "--listen-host", netns.SERVER_INSIDE, "--listen-port", "443", "--base-url", BASE),
        *("--tls-cert", str(cert), "--tls-key", str(key), "--media-public-address", netns.SERVER),
        *("--media-ports", "{}-{}".format(*netns.MEDIA_PORTS), "--turn-urls", RELAY),
    )
    async with serve(net, folder / "server.log", *options, secret=secret):
        yield


async def test_a_customer_behind_a_firewall_is_reached_by_the_relay(
    net: Internet, crowd: People, tmp_path: Path
) -> None:
    secret = secrets.token_hex(16)
    async with support(net, tmp_path, secret):
        agent = await person(crowd, net, "agent", 440.0)
        number = await new_session(agent)
        customer = await person(crowd, net, "customer", 1000.0)
        await join(customer, number)
        await customer.get_by_role("button", name="Microphone").click()
        await agent.get_by_role("button", name="Microphone").click()

        # The relay is not there yet: nothing of the customer comes through. The page gives up its first connection and
        # asks for another; the state of one that was given up is not looked at, it is closed at once.
        await customer.wait_for_function("() => window.__peers.length > 1", timeout=90_000)
        assert net.refused() > 0
        assert not await customer.evaluate("() => window.__peers.some((one) => one.connectionState === 'connected')")

        async with coturn(net, tmp_path / "relay.log", secret=secret):
            assert await hears(agent, 1000.0, timeout=60) > 0.5
            assert await hears(customer, 440.0) > 0.5
            relayed, direct = await selected(customer), await selected(agent)
            assert (relayed["local"]["candidateType"], relayed["local"]["address"]) == ("relay", netns.RELAY)
            assert direct["local"]["candidateType"] != "relay"
            for pair in (relayed, direct):
                assert pair["remote"]["address"] == netns.SERVER
                assert netns.MEDIA_PORTS[0] <= pair["remote"]["port"] <= netns.MEDIA_PORTS[1]
            await the_session_works(agent, customer)


async def test_who_is_invited_is_told_before_joining_whether_calls_will_work(
    net: Internet, crowd: People, tmp_path: Path
) -> None:
    secret = secrets.token_hex(16)
    async with support(net, tmp_path, secret):
        agent = await person(crowd, net, "agent", 440.0)
        await sign_in(agent)
        link = await agent.evaluate(
            """async () => {
              const post = async (path, body) => (await fetch(`/api/v1${path}`, {
                method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } })).json()
              const { session } = await post("/sessions", {})
              return (await post(`/sessions/${session}/invites`, { way: "link" })).url
            }"""
        )
        customer = await person(crowd, net, "customer", 1000.0)
        await customer.goto(link)
        await expect(customer.get_by_text("calls may not get through this network")).to_be_visible(timeout=30_000)
        async with coturn(net, tmp_path / "relay.log", secret=secret):
            await customer.get_by_role("button", name="Try again").click()
            await expect(customer.get_by_text("The network is good")).to_be_visible(timeout=30_000)


async def sign_in(agent: Page) -> None:
    await agent.goto(f"{BASE}/console")
    await agent.get_by_label("Name", exact=True).fill("lena")
    await agent.get_by_label("Password", exact=True).fill(PASSWORD)
    await agent.get_by_role("button", name="Sign in").click()
    await agent.get_by_role("button", name="New session").first.wait_for()


async def new_session(agent: Page) -> str:
    """An agent signs in and makes a session; returns the number that lets the customer in."""
    await sign_in(agent)
    await agent.get_by_role("button", name="New session").first.click()
    await agent.get_by_role("button", name="Start session").click()
    shown = agent.get_by_role("img", name="Number:")
    number = "".join(filter(str.isdigit, await shown.get_attribute("aria-label") or ""))
    await agent.keyboard.press("Escape")
    return number


async def join(customer: Page, number: str) -> None:
    await customer.goto(f"{BASE}/join")
    await customer.get_by_label("Your number").fill(number)
    await customer.get_by_label("Your name").fill("Jeanne Petit")
    await customer.get_by_role("button", name="Join").click()


async def the_session_works(agent: Page, customer: Page) -> None:
    await customer.get_by_role("button", name="Camera").click()
    await agent.get_by_role("button", name="Camera").click()
    await moving_video(agent)
    await moving_video(customer)
    await share_pattern(customer, 0b1011_0010)
    await agent.get_by_role("button", name="Ask to see screen").click()
    await customer.get_by_role("button", name="Allow", exact=True).click()
    await sees_pattern(agent, 0b1011_0010)
    await say(agent, "Hello, I see it.")
    await expect(customer.get_by_text("Hello, I see it.")).to_be_visible()
    await say(customer, "Thank you!")
    await expect(agent.get_by_text("Thank you!").first).to_be_visible()


async def test_the_relay_refuses_old_credentials_and_the_house_behind_it(net: Internet, tmp_path: Path) -> None:
    secret = secrets.token_hex(16)
    async with coturn(net, tmp_path / "relay.log", secret=secret):
        forbidden = ("127.0.0.1", "127.1.2.3", "10.0.1.2", "172.16.0.1", "192.168.77.2", "169.254.169.254", "0.0.0.0")
        good = await ask(net, tmp_path, *credentials(secret, time.time() + 600), *forbidden, netns.SERVER)
        assert good == {"allocated": 0, "peers": {**dict.fromkeys(forbidden, 403), netns.SERVER: 0}}
        expired = await ask(net, tmp_path, *credentials(secret, time.time() - 1))
        assert expired["allocated"] == 401
        forged = await ask(net, tmp_path, *credentials("another secret", time.time() + 600))
        assert forged["allocated"] == 401
        assert await doctor(net, tmp_path, secret) == f"ok     the relay {RELAY} answers"
    assert (await doctor(net, tmp_path, secret)).startswith(f"wrong  the relay {RELAY} does not answer")


async def doctor(net: Internet, folder: Path, secret: str) -> str:
    """What `rs-server doctor` says about the relay, on the server's host."""
    options = ("--data", str(folder), "--turn-urls", RELAY, "--turn-secret", secret)
    command = net.inside("server", sys.executable, "-m", "rs_server", "doctor", *options)
    async with netns.process(command, folder / "doctor.log", env=ENVIRONMENT) as running:
        said, _ = await running.communicate()
    return next(line for line in said.decode().splitlines() if "the relay" in line)


def credentials(secret: str, expiry: float) -> tuple[str, str]:
    user = f"{int(expiry)}:leg"
    mac = hmac.new(secret.encode(), user.encode(), hashlib.sha1).digest()
    return user, base64.b64encode(mac).decode()


async def ask(net: Internet, folder: Path, *arguments: str) -> dict[str, Any]:
    """What the relay says to the customer's host, see `tests.support.relay`."""
    where = (netns.RELAY, str(netns.RELAY_PORT))
    command = net.inside("customer", sys.executable, "-m", "tests.support.relay", *where, *arguments)
    async with netns.process(command, folder / "ask.log", env=ENVIRONMENT) as running:
        said, _ = await running.communicate()
    answer: dict[str, Any] = json.loads(said)
    return answer
