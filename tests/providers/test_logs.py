"""No key and no picture in any log line, however much is logged."""

from base64 import b64encode
from collections.abc import Iterator
import logging
from typing import Any

import pytest

from custom_components.eyewitness.providers.wire import logs
from tests.simulator import Simulator, Vendor
from tests.simulator.faults import Kind as FaultKind

from .conftest import VENDORS, Build
from .kit import QUESTION, failure

SECRET = "a-canary-0123"
FAULTS: tuple[FaultKind, ...] = (
    *("auth", "server_error", "rate_limit", "unsupported"),
    *("html", "reset", "huge", "refusal"),
)


@pytest.fixture
def everything(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Log at debug level, loggers that have a level of their own included."""
    names = [name for name in logging.root.manager.loggerDict if not name.startswith("tests")]
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    caplog.set_level(logging.DEBUG)
    yield caplog
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def _written(caplog: pytest.LogCaptureFixture) -> str:
    """Return all that a handler would write, stack traces included."""
    form = logging.Formatter("%(name)s %(message)s")
    return "\n".join(form.format(record) for record in caplog.records)


@pytest.mark.parametrize("vendor", VENDORS)
async def test_nothing_secret_is_logged(
    sim: Simulator, build: Build, vendor: Vendor, everything: pytest.LogCaptureFixture
) -> None:
    """At debug level of everything, through every kind of failure, there is nothing to find."""
    sim.set_key(vendor, SECRET)
    made = build(vendor, api_key=SECRET)
    await made.check()
    for fault in FAULTS:
        sim.fail(vendor, fault)
        await failure(made)
        sim.clear_faults()
    await made.describe(QUESTION)
    written = _written(everything)
    assert "HTTP Request" in written
    assert SECRET not in written
    picture = b64encode(QUESTION.frame.jpeg).decode()
    for start in range(0, len(picture) - 60, 60):
        assert picture[start : start + 60] not in written
        assert picture[start : start + 60].replace("+", "-").replace("/", "_") not in written
    assert repr(QUESTION.frame.jpeg)[2:60] not in written
    assert max(len(line) for line in written.splitlines()) < 5000


async def test_the_request_is_still_logged(
    build: Build, everything: pytest.LogCaptureFixture
) -> None:
    """Anthropic's SDK logs the request as a whole: all but the picture stays."""
    await build("anthropic", model="claude-haiku-5-5").describe(QUESTION)
    (line,) = [text for text in everything.messages if text.startswith("Request options: {")]
    assert "image/jpeg" in line
    assert "characters>" in line


@pytest.mark.parametrize(
    ("args", "written"),
    [
        (("x" * 500,), "x" * 500),
        (("x" * 501,), "<501 characters>"),
        ((b"x" * 501,), "<501 characters>"),
        (({"a": ["x" * 600, ("y" * 700, 1)], "b": None},), None),
        ((["x" * 600],), "['<600 characters>']"),
        ((42,), "42"),
    ],
)
def test_long_texts_are_cut(
    args: tuple[Any, ...], written: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    """Long texts are replaced wherever they are in what is logged."""
    logger = logging.getLogger("a_vendor._base_client")
    logs.shorten("a_vendor")
    logs.shorten("a_vendor")
    assert len(logger.filters) == 1
    logger.warning("%s", *args)
    expected = written or "{'a': ['<600 characters>', ('<700 characters>', 1)], 'b': None}"
    assert caplog.messages == [expected]


def test_other_loggers_are_left_alone() -> None:
    """Only the SDK's own loggers are touched."""
    other = logging.getLogger("a_vendor_of_cars")
    logs.shorten("a_vendor")
    assert other.filters == []


def test_no_arguments(caplog: pytest.LogCaptureFixture) -> None:
    """A line without arguments passes as it is."""
    logs.shorten("a_vendor")
    logging.getLogger("a_vendor").warning("100 %")
    assert caplog.messages == ["100 %"]
