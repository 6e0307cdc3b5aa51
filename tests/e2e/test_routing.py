"""Who is asked widens while a customer waits: other groups first, then lower levels of a skill."""

import time
from typing import Any

from playwright.async_api import Page, expect

from tests.support.browsers import People, ask_for_help, become_available, sign_in
from tests.support.client import Api
from tests.support.demo import Demo


async def change(company: Demo, *changes: tuple[str, str, dict[str, Any]]) -> None:
    """Set fields of items as the administration page does. Agents are named by their account."""
    api = Api(company.base)
    await api.login("ada", company.password("ada"))
    for kind, name, fields in changes:
        found = await api.call("GET", "/admin/configuration")
        id = next((person["user"] for person in found["people"] if person["name"] == name), name)
        items = found["configuration"][f"{kind}s"]
        item = next(each for each in items if each["id"] == id) | fields
        await api.call("PUT", f"/admin/items/{kind}/{id}", {"version": found["version"], "item": item})
    await api.close()


async def waits_then_is_offered(customer: Page, company: Demo, agent: Page, seconds: float) -> None:
    """The customer asks; nobody is asked to take it before so many seconds have gone, and then the agent is."""
    accept = agent.get_by_role("button", name="Accept")
    asked = time.monotonic()
    await ask_for_help(customer, company)
    await accept.wait_for(timeout=20_000)
    waited = time.monotonic() - asked
    assert waited >= seconds, f"offered after {waited:.1f} s"
    await accept.click()
    await expect(customer.get_by_text("Sofia Lind").first).to_be_visible()


async def test_a_queue_flows_over_to_another_group(company: Demo, crowd: People) -> None:
    await change(
        company,
        ("queue", "support", {"groups": [], "steps": [{"after": 4.0, "groups": ["billing"]}]}),
        ("agent", "sofia", {"queues": [], "groups": ["billing"]}),
    )
    agent, customer = await crowd.person(), await crowd.person()
    await sign_in(agent, company, "sofia")
    await become_available(agent)
    await waits_then_is_offered(customer, company, agent, 4.0)


async def test_a_skill_is_asked_for_less_and_less(company: Demo, crowd: People) -> None:
    steps = [{"after": 2.0, "lower": 2}, {"after": 5.0, "lower": 3}]
    await change(
        company,
        ("queue", "support", {"skills": [{"skill": "french", "level": 9}], "steps": steps}),
        # 9 at first, 7 after two seconds, 4 after five.
        ("agent", "sofia", {"queues": ["support"], "skills": [{"skill": "french", "level": 4}]}),
    )
    agent, customer = await crowd.person(), await crowd.person()
    await sign_in(agent, company, "sofia")
    await become_available(agent)
    await waits_then_is_offered(customer, company, agent, 5.0)
