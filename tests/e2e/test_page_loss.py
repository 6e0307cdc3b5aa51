"""The network of the page stream fails for a moment, on either side: the view goes on from where the page is."""

from collections.abc import AsyncIterator, Sequence

import pytest
from playwright.async_api import expect

from tests.bench.cobrowse_scene import Relay, elsewhere
from tests.support.browsers import People, ask_for_help, become_available, sign_in
from tests.support.demo import Demo

from .test_cobrowse import click_on, controls, page_of


@pytest.fixture
async def relay(company: Demo) -> AsyncIterator[Relay]:
    """Between one of the people and the server."""
    made = Relay(company.port)
    await made.start()
    yield made
    await made.close()


@pytest.mark.parametrize("side", ["agent", "customer"])
async def test_a_short_loss_of_the_stream_needs_no_new_consent(
    company: Demo, crowd: People, relay: Relay, side: str
) -> None:
    def flags(of: str) -> Sequence[str]:
        return [elsewhere({company.port: relay.port})] if of == side else []

    agent = await crowd.person(flags=flags("agent"))
    await sign_in(agent, company, "sofia")
    await become_available(agent)
    customer = await crowd.person(flags=flags("customer"))
    await ask_for_help(customer, company)
    await agent.get_by_role("button", name="Accept").click()
    await customer.get_by_role("button", name="Allow", exact=True).click()
    town = page_of(agent).get_by_label("Town")
    await customer.get_by_label("Town").fill("Lyon")
    await expect(town).to_have_value("Lyon")
    await controls(agent, customer)

    relay.cut()
    await customer.get_by_label("Town").fill("Brest")
    await customer.evaluate("() => document.querySelector('h1').textContent = 'Changed meanwhile'")
    for _ in range(2):
        await relay.tried()
    lost = agent.locator(".page-note")
    if side == "agent":
        await expect(lost).to_contain_text("The connection to the page was lost")
    # What was seen last stays to be seen.
    await expect(town).to_have_value("Lyon")

    relay.mend()
    await expect(page_of(agent).get_by_role("heading", name="Changed meanwhile")).to_be_visible()
    await expect(town).to_have_value("Brest")
    await expect(lost).to_have_count(0)
    await expect(customer.get_by_role("button", name="Allow", exact=True)).to_have_count(0)
    # What was allowed still is, seeing and doing.
    await customer.get_by_label("Town").fill("Nantes")
    await expect(town).to_have_value("Nantes")
    await click_on(agent, town)
    await agent.keyboard.type("!")
    await expect(customer.get_by_label("Town")).to_have_value("Nantes!")
