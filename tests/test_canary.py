"""I10: no key can be read anywhere but in the header of a request (acceptance point C1)."""

from collections.abc import Awaitable, Callable
import logging
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.eyewitness import diagnostics
from custom_components.eyewitness.chain import redaction
from custom_components.eyewitness.chain.attempt import Verdict
from custom_components.eyewitness.chain.task import Reply, Task
from custom_components.eyewitness.keys import vault
from custom_components.eyewitness.pipeline import failures, record
from custom_components.eyewitness.providers import base, spec
from tests.canary import KEYS, Canary, hits
from tests.kit import FakeCamera, House
from tests.simulator import Simulator

pytestmark = [pytest.mark.timeout(120), pytest.mark.usefixtures("quick")]

type Plant = Callable[[pytest.MonkeyPatch], None]
type Surfaces = Callable[[], Awaitable[dict[str, str]]]


@pytest.fixture
def surfaces(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    camera: FakeCamera,
    caplog: pytest.LogCaptureFixture,
) -> Surfaces:
    """Return the means to live with distinct keys, and to read everything that could show one."""

    async def live() -> dict[str, str]:
        canary = Canary(hass, house, sim)
        with caplog.at_level(logging.DEBUG):
            await canary.live()
        return await canary.surfaces(caplog.text)

    return live


async def test_i10_no_key_is_to_be_seen_anywhere(surfaces: Surfaces) -> None:
    """With every provider answering, failing in many ways, refusing its key and repeating it."""
    found = await surfaces()
    assert all(text for text in found.values())
    assert hits(found) == {}
    assert "[key removed]" in found["responses"], "the planted answers came through"
    assert len(found) == 16


def in_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant a debug line that says too much, where nobody watches."""
    ask = base.VendorProvider.generate

    async def generate(self: base.VendorProvider, task: Task[Any]) -> Reply:
        logging.getLogger("homeassistant").debug(self._spec.secret.reveal())
        return await ask(self, task)

    monkeypatch.setattr(base.VendorProvider, "generate", generate)


def in_the_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant a vault that does not encrypt."""
    monkeypatch.setattr(vault.Vault, "encrypt", lambda _self, secret: secret)
    monkeypatch.setattr(vault.Vault, "decrypt", lambda _self, text: text)


def in_a_dump(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant a key without its wrapper's mask."""
    monkeypatch.setattr(spec.Secret, "__repr__", lambda self: self.reveal())


def in_an_event(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant a helpful field."""
    fields = record.EventRecord._shared_fields

    def more(self: record.EventRecord) -> dict[str, Any]:
        return {**fields(self), "used_key": KEYS["grok"]}

    monkeypatch.setattr(record.EventRecord, "_shared_fields", more)


def in_the_diagnostics(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant a dump where an allow-list should be."""
    allowed = diagnostics.async_get_config_entry_diagnostics

    async def more(hass: HomeAssistant, entry: Any) -> Any:
        specs = [each._spec.secret.reveal() for each in entry.runtime_data.providers.values()]
        return {**await allowed(hass, entry), "specs": specs}

    monkeypatch.setattr(diagnostics, "async_get_config_entry_diagnostics", more)


def in_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant a model that is believed when it repeats a key."""
    monkeypatch.setattr(redaction.KnownKeys, "redact", lambda _self, text: text)
    monkeypatch.setattr(redaction, "_KEY_LIKE", re.compile(r"(?!)"))


def in_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plant an error that quotes what it was given."""
    failure = failures.failure

    def more(verdict: Verdict[object], reasons: str) -> HomeAssistantError:
        err = failure(verdict, reasons)
        err.__cause__ = ValueError(f"bad header: Bearer {KEYS['anthropic']}")
        return err

    monkeypatch.setattr(failures, "failure", more)


@pytest.mark.parametrize(
    "planted",
    [
        {
            in_the_log: {"log"},
            in_the_entry: {"stored entry", "repr"},
            in_an_event: {"events", "responses"},
            in_the_diagnostics: {"diagnostics"},
            in_an_error: {"exceptions"},
        },
        {in_a_dump: {"repr"}, in_an_answer: {"events", "responses", "files", "log"}},
    ],
    ids=["log, entry, event, diagnostics, error", "dump, answer"],
)
async def test_a_planted_leak_is_found(
    surfaces: Surfaces, monkeypatch: pytest.MonkeyPatch, planted: dict[Plant, set[str]]
) -> None:
    """Or the test above could not fail. Where one shows, no other one of its group does."""
    for plant in planted:
        plant(monkeypatch)
    found = hits(await surfaces()).keys()
    for shown in planted.values():
        assert shown <= found
