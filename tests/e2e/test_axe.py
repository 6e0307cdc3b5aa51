"""Nothing that the accessibility engine axe calls serious or critical, on any page, in any state that matters."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from tests.support.browsers import CHROMIUM, people
from tests.support.demo import ROOT, demo
from tests.support.tour import Tour

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"

# Nothing but colours depends on the scheme.
RUN = """async (scheme) => {
  const only = scheme === "dark" ? { runOnly: ["color-contrast", "link-in-text-block"] } : {};
  const found = await axe.run(document, { resultTypes: ["violations"], ...only });
  return found.violations
    .filter((one) => one.impact === "serious" || one.impact === "critical")
    .map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map((node) =>
      `${[node.target].flat(3).join(" ")}: ${node.html.slice(0, 160)} ${node.any.map((a) => a.message)}`) }));
}"""


# Two pictures later, and when everything that moves for a moment has come to rest.
STILL = """async (scheme) => {
  const picture = () => new Promise((done) => requestAnimationFrame(done));
  const root = document.documentElement;
  while ((root.dataset.mantineColorScheme ?? scheme) !== scheme) await picture();
  await picture();
  await picture();
  const passing = document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations !== Infinity);
  const over = Promise.all(passing.map((one) => one.finished.catch(() => {})));
  await Promise.race([over, new Promise((done) => setTimeout(done, 1000))]);
}"""


@pytest.mark.timeout(420)
async def test_every_state_is_free_of_serious_findings(tmp_path: Path) -> None:
    if not AXE.exists() or CHROMIUM is None:
        pytest.skip("axe-core (npm ci in web/) or chromium is not installed")
    async with asyncio.TaskGroup() as both:
        walks = [both.create_task(_walk(tmp_path / language, language)) for language in ("en", "fr")]
    found = [finding for walk in walks for finding in walk.result()]
    assert not found, "\n" + "\n".join(found)


async def _walk(folder: Path, language: str) -> list[str]:
    """What it found."""
    folder.mkdir()
    engine = Path(AXE).read_text("utf-8")
    findings: list[str] = []
    seen: set[str] = set()

    async def look(state: str, page: Page) -> None:
        seen.add(state)
        # By the debugger, as the page's policy lets no foreign script in.
        if not await page.evaluate("() => 'axe' in window"):
            await page.evaluate(f"() => {{ {engine} }}")
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme="light" if scheme == "light" else "dark", reduced_motion="reduce")
            await page.evaluate(STILL, scheme)
            found: list[dict[str, Any]] = await page.evaluate(RUN, scheme)
            if found:
                # Caught in the middle of a change, perhaps: what is wrong is still wrong now.
                await page.evaluate(STILL, scheme)
                found = await page.evaluate(RUN, scheme)
            findings.extend(
                f"{state} ({language}, {scheme}): {one['id']}: {one['help']}\n    " + "\n    ".join(one["nodes"])
                for one in found
            )

    async with demo(folder / "data") as company, people(folder) as crowd:
        await Tour(company, crowd, language, look).take()
        assert crowd.errors == []
    assert len(seen) > 40
    return findings
