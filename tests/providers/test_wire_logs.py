"""No key and no picture in any log line, however much is logged."""

from base64 import b64encode
import logging
from typing import Any, override

import pytest

from custom_components.eyewitness.chain.redaction import KNOWN
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
    """Anthropic's SDK logs the request as a whole: all but the picture and long texts stays."""
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
    logs.watch()
    logs.watch()
    assert (
        sum(isinstance(each, logs._Cleaner) for each in logging.getLogger("openai").handlers) == 1
    )
    text = " ".join(["%s"] * max(len(args), 1))
    logging.getLogger("openai.client").warning(text, *args)
    logging.getLogger("openai_of_others").warning(text, *args)
    assert caplog.messages[0] == expected
    assert caplog.messages[1] == (text % tuple(args) if args else text)


SAID = (SECRET, r"a\u002dcanary-0123", "a-can\xadary-0123", "%61-canary-0123", "A-CANARY-0123")
"""What a server can put into a header, and what is left of it in a log."""


async def test_a_key_in_a_header(vendor: SimVendor, everything: pytest.LogCaptureFixture) -> None:
    """A server can say it in any header: httpcore and the SDKs log them all at debug level."""
    vendor.sim.set_key(vendor.name, SECRET)
    provider = vendor.provider(api_key=SECRET)
    said = {f"x-said-{number}": text for number, text in enumerate(SAID)}
    vendor.fail("latency", headers=said, repeat=True)
    vendor.fail("latency", endpoint="models", headers=said, repeat=True)
    await provider.check()
    await provider.generate(TASK)
    log = "\n".join(everything.messages)
    assert "x-said-0" in log
    for text in (*SAID, repr("a-can\xadary-0123".encode("latin-1"))[2:-1]):
        assert text.lower() not in log.lower(), text
    assert log.count("[key removed]") >= 2 * len(SAID)


@pytest.mark.parametrize("name", ["httpcore.made.later", "httpx2", "google_genai.models", "openai"])
def test_a_logger_that_is_made_later(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """Keys go from messages, arguments and tracebacks of all loggers below a library's."""
    logs.watch()
    KNOWN.add(SECRET)
    logger = logging.getLogger(name)
    logger.warning("One %s, %s", {"x": SECRET}, f"sk-{'a1' * 9}")
    logger.warning("Two " + SECRET)  # noqa: G003
    logger.warning("Three %d", SECRET)
    logger.warning("Four %(key)s", {"key": SECRET})
    logger.warning("Five", exc_info=ValueError(SECRET))
    logger.warning("Six", exc_info=ValueError("harmless"))
    KNOWN.discard(SECRET)
    assert caplog.messages == [
        *("One {'x': '[key removed]'}, [key removed]", "Two [key removed]"),
        *("Three %d", "Four [key removed]", "Five", "Six"),
    ]
    assert SECRET not in caplog.text
    assert "ValueError: [key removed]" in caplog.text
    assert "ValueError: harmless" in caplog.text
    assert caplog.records[-1].exc_info


def test_an_argument_with_a_bug(caplog: pytest.LogCaptureFixture) -> None:
    """It costs the words, and not the request during which a library writes them."""

    class Broken:
        @override
        def __repr__(self) -> str:
            raise RuntimeError(SECRET)

    logs.watch()
    logging.getLogger("openai").warning("What is it? %s", Broken())
    assert caplog.messages == ["What is it? %s"]
