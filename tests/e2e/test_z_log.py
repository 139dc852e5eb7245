"""The log of everything that the other modules did (this one runs last)."""

from tests.e2e.log import check, records
from tests.e2e.world import E2E, World
from tests.harness.loop import on_loop

pytestmark = E2E


@on_loop
async def test_the_log_holds_no_trouble_of_ours(home: World) -> None:
    """No blocking call, no error or warning that is ours, no missing translation."""
    await home.describe()
    log = home.hass.log()
    check(log)
    read = records(log)
    assert any(level == "DEBUG" and logger.startswith("openai") for level, logger, _ in read)
    for _, _, text in read:
        assert "translation" not in text.lower() or "Cache miss" in text, text
