"""Whether a part of a page can be used by everybody, as axe judges it."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Locator

_RUN = """async (element) => {
    const {violations, passes} = await axe.run(element, {resultTypes: ['violations', 'passes']});
    const bad = violations.filter(({impact}) => ['serious', 'critical'].includes(impact));
    return [passes.length, bad.flatMap(({id, nodes}) => nodes.map(
        ({html, failureSummary}) => `${id}: ${failureSummary} ${html}`))];
}"""
_LEAST = 5
"""Rules that every part of ours keeps; fewer mean that nothing was looked at."""


async def barriers(element: Locator) -> list[str]:
    """Return what is serious or worse in an element, its shadows included."""
    await element.page.evaluate(AXE_SCRIPT)
    passed, found = await element.evaluate(_RUN)
    if passed < _LEAST:
        raise LookupError(f"axe found only {passed} rules to check")
    return list(found)
