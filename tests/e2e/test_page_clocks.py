"""The agent sees what is there now, however wrong the clocks of either side are."""

import pytest
from playwright.async_api import expect

from tests.e2e.test_cobrowse import page_of, sees_page
from tests.support.browsers import People
from tests.support.demo import Demo

# The wall's clock of a page is so many milliseconds off.
SHIFT = """
(() => {
  const off = %d;
  const Native = Date;
  window.Date = class extends Native {
    constructor(...args) { args.length ? super(...args) : super(Native.now() + off); }
    static now() { return Native.now() + off; }
  };
  const origin = performance.timeOrigin + off;
  Object.defineProperty(Performance.prototype, "timeOrigin", { get: () => origin });
})();
"""


@pytest.mark.parametrize("seconds", [5, -5])
async def test_a_clock_that_is_off_delays_nothing(company: Demo, crowd: People, seconds: int) -> None:
    agent, customer = await sees_page(company, crowd)
    right = await customer.evaluate("() => Date.now()")
    await customer.add_init_script(SHIFT % (1000 * seconds))
    await customer.reload()
    wrong = await customer.evaluate("() => Date.now()")
    assert abs(wrong - right - 1000 * seconds) < 4500
    town = page_of(agent).get_by_label("Town")
    # Well before the five seconds.
    for name in ("Lyon", "Brest", "Nantes"):
        await customer.get_by_label("Town").fill(name)
        await expect(town).to_have_value(name, timeout=4000)
