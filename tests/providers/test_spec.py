"""A provider's settings hide its key and say how far its address may lead."""

import logging
import traceback

import pytest

from custom_components.eyewitness.providers.spec import Secret, Spec
from custom_components.eyewitness.providers.wire.pinning import Reach
from tests.simulator import VENDORS


def test_a_spec_hides_its_key(caplog: pytest.LogCaptureFixture) -> None:
    """No printed or logged form of it shows the key, nor does a traceback with its variables."""
    spec = Spec(id="one", kind="openai", api_key="a-key")
    secret = spec.secret
    logging.getLogger("a_logger").warning("%s %r", spec, secret)
    try:
        int(spec)  # type: ignore[call-overload]
    except TypeError as err:
        trace = traceback.TracebackException.from_exception(err, capture_locals=True)
    shown = f"{spec} {vars(spec)} {secret} {[secret]} {caplog.text} {''.join(trace.format())}"
    assert "a-key" not in shown
    assert shown.count("Secret(***)") >= 8
    assert secret.reveal() == "a-key"
    assert secret
    assert not Secret("")


@pytest.mark.parametrize(
    ("kind", "base_url", "local", "reach"),
    [
        *((kind, "", False, Reach.VENDOR) for kind in VENDORS),
        *((kind, "http://house", False, Reach.LOCAL) for kind in VENDORS),
        ("openai_compatible", "https://there", False, Reach.PUBLIC),
        ("openai_compatible", "https://there", True, Reach.LOCAL),
    ],
)
def test_who_may_go_how_far(kind: str, base_url: str, local: bool, reach: Reach) -> None:
    """A user's address is checked; the user's network is open to who was let in."""
    assert Spec(id="", kind=kind, api_key="", base_url=base_url, local=local).reach is reach


@pytest.mark.parametrize(
    ("kind", "base_url", "local", "is_far"),
    [
        *((kind, "", False, True) for kind in VENDORS),
        *((kind, "http://house", False, False) for kind in VENDORS),
        ("openai_compatible", "https://there", False, True),
        ("openai_compatible", "https://there", True, False),
    ],
)
def test_to_whom_connecting_takes_long(kind: str, base_url: str, local: bool, is_far: bool) -> None:
    """It does over TLS, and not at home."""
    assert Spec(id="", kind=kind, api_key="", base_url=base_url, local=local).is_far is is_far
