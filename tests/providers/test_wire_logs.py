"""No key and no picture in any log line, however much is logged."""

from base64 import b64encode
import logging
from typing import Any

import pytest

from custom_components.eyewitness.providers.wire import logs
from tests.simulator.faults import Kind as FaultKind

from .kit import TASK, SimVendor, error_of, only

SECRET = "a-canary-0123"
FAULTS: tuple[FaultKind, ...] = (
    *("auth", "server_error", "rate_limit", "unsupported"),
    *("html", "reset", "huge", "refusal"),
)


@pytest.fixture
def everything(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Log at debug level, loggers that have a level of their own included."""
    for name in ("", *logging.root.manager.loggerDict):
        if not name.startswith("tests"):
            caplog.set_level(logging.DEBUG, logger=name or None)
    return caplog


async def test_no_secret_is_logged(vendor: SimVendor, everything: pytest.LogCaptureFixture) -> None:
    """At debug level of everything, through every kind of failure, there is nothing to find."""
    vendor.sim.set_key(vendor.name, SECRET)
    provider = vendor.provider(api_key=SECRET)
    await provider.check()
    for fault in FAULTS:
        vendor.fail(fault)
        await error_of(provider.generate(TASK))
        vendor.sim.clear_faults()
    await provider.generate(TASK)
    # What a handler would write, stack traces included.
    form = logging.Formatter("%(name)s %(message)s")
    log = "\n".join(form.format(record) for record in everything.records)
    assert "HTTP Request" in log
    assert SECRET not in log
    picture = TASK.pictures[0].jpeg
    encoded = b64encode(picture).decode()
    for start in range(0, len(encoded) - 60, 60):
        piece = encoded[start : start + 60]
        assert piece not in log
        assert piece.replace("+", "-").replace("/", "_") not in log
    assert repr(picture)[2:60] not in log
    assert max(len(line) for line in log.splitlines()) < 5000


@only("anthropic")
async def test_the_request_is_still_logged(
    vendor: SimVendor, everything: pytest.LogCaptureFixture
) -> None:
    """Anthropic's SDK logs the request as a whole: all but the picture stays."""
    await vendor.provider(model="claude-haiku-5-5").generate(TASK)
    (line,) = [text for text in everything.messages if text.startswith("Request options: {")]
    assert "image/jpeg" in line
    assert "characters>" in line


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["x" * 500], "x" * 500),
        (["x" * 501], "<501 characters>"),
        ([b"x" * 501], "<501 characters>"),
        (
            [{"a": ["x" * 600, ("y" * 700, 1)]}],
            "{'a': ['<600 characters>', ('<700 characters>', 1)]}",
        ),
        ([["x" * 600], None], "['<600 characters>'] None"),
        ([42], "42"),
        ([], "%s"),
    ],
    ids=range(7),
)
def test_long_texts_are_cut(
    args: list[Any], expected: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Long texts are replaced wherever they are in what one SDK's loggers write."""
    logger, other = logging.getLogger("a_vendor.client"), logging.getLogger("a_vendor_of_cars")
    logs.shorten("a_vendor")
    logs.shorten("a_vendor")
    assert (len(logger.filters), other.filters) == (1, [])
    logger.warning(" ".join(["%s"] * max(len(args), 1)), *args)
    assert caplog.messages == [expected]
