"""What the customer's page shows of another origin, which lets no script read it, is seen by the agent, too."""

import re

from playwright.async_api import expect

from tests.support.browsers import People
from tests.support.demo import Demo

from .test_cobrowse import page_of, sees_page


async def test_pictures_and_styles_of_another_origin(company: Demo, crowd: People) -> None:
    agent, customer = await sees_page(company, crowd)
    asked: list[str] = []
    agent.context.on("request", lambda request: asked.append(request.url))
    await customer.get_by_role("link", name="Acme Tools").first.click()
    pictures = page_of(agent).locator("img.picture")
    await expect(pictures).to_have_count(6)
    widths = await customer.locator("img.picture").evaluate_all("(all) => all.map((one) => one.naturalWidth)")
    for number, width in enumerate(widths):
        await expect(pictures.nth(number)).to_have_js_property("naturalWidth", width)
        await expect(pictures.nth(number)).to_have_attribute("src", re.compile("^blob:"))
    # The stylesheet that says so is of that origin as well.
    await expect(pictures.first).to_have_css("border-radius", "8px")
    assert asked, "the console fetches them"
    elsewhere = [
        url for url in asked if not url.startswith((company.base, str(company.facts["view"]), "blob:", "data:"))
    ]
    assert elsewhere == []
