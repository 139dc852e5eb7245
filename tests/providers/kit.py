"""Ask a provider in a test and look closely at how it fails."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import io
import ssl
from typing import Any, override

from PIL import Image
import pytest

from custom_components.eyewitness.chain.failures import Kind, ProviderError
from custom_components.eyewitness.chain.task import Frame, Question
from custom_components.eyewitness.providers import registry
from custom_components.eyewitness.providers.base import VendorProvider
from custom_components.eyewitness.providers.spec import Spec
from tests.simulator import Simulator, Vendor

SSL = ssl.create_default_context()

VISIBLE = {
    "kind",
    "status",
    "retry_after",
    "sent",
    "adapted",
    "oversize",
    "model",
    "usage",
    "params",
}
"""All that a ``ProviderError`` may carry: kinds, numbers and the names of models and parameters."""


def jpeg(width: int = 1280, height: int = 720, colour: str = "navy") -> bytes:
    """Return a picture."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG")
    return out.getvalue()


QUESTION = Question(
    frame=Frame(jpeg(), 1280, 720),
    camera_name="Front door",
    language="Dutch",
    event_context="motion at the front door",
    prompt="look for parcels",
)


def make(sim: Simulator, vendor: Vendor, **spec: Any) -> VendorProvider:
    """Build a provider that talks to the simulator."""
    given: dict[str, Any] = {
        "id": f"id-{vendor}",
        "kind": vendor,
        "api_key": sim.keys[vendor],
        "base_url": sim.urls.base(vendor),
    }
    return registry.build(Spec(**(given | spec)), SSL)


@asynccontextmanager
async def provider(sim: Simulator, vendor: Vendor, **spec: Any) -> AsyncGenerator[VendorProvider]:
    """Build a provider and close it afterwards."""
    made = make(sim, vendor, **spec)
    try:
        yield made
    finally:
        await made.close()


async def failure(made: VendorProvider, question: Question = QUESTION) -> ProviderError:
    """Ask and return the error, which must give nothing away."""
    with pytest.raises(ProviderError) as caught:
        await made.describe(question)
    check_silent(caught.value)
    return caught.value


def check_silent(err: ProviderError) -> None:
    """Fail when an error holds, or chains, anything in a vendor's words."""
    assert set(vars(err)) <= VISIBLE
    assert str(err) in {str(err.kind), f"{err.kind} ({err.status})"}
    assert err.args == (str(err),)
    assert err.__cause__ is None
    assert err.__suppress_context__ or err.__context__ is None
    assert not getattr(err, "__notes__", [])


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One error as a vendor sends it, and what it means."""

    name: str
    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: Kind
    retry_after: float | None = None
    adapted: bool = False
    model: str = "mine"
    """The model that the user chose."""

    @override
    def __str__(self) -> str:
        return self.name


async def check_refusal(sim: Simulator, vendor: Vendor, row: Refusal) -> None:
    """Let a vendor send this error once: one request, the right meaning, nothing given away."""
    sim.fail(vendor, "status", status=row.status, body=row.body, headers=dict(row.headers))
    async with provider(sim, vendor, model=row.model) as made:
        err = await failure(made)
    found = (err.kind, err.status, err.retry_after, err.adapted, err.sent, err.oversize)
    assert found == (row.kind, row.status, row.retry_after, row.adapted, True, False)
    assert err.model == row.model
    assert err.usage is None
    assert len(sim.requests(vendor)) == 1
