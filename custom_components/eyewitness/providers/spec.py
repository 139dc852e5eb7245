"""How to reach one provider."""

from dataclasses import dataclass
from typing import Final, override
from urllib.parse import urlsplit

from ..chain.task import Usage
from ..const import BASE_URLS, COMPATIBLE
from .wire.pinning import Reach

AUTO: Final = "auto"
"""The model of a user who leaves the choice to us."""


class Secret:
    """An API key that no printed object, log line or traceback shows."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the key; for the code that sends it or removes it from a reply."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    @override
    def __repr__(self) -> str:
        return "Secret(***)"


@dataclass(frozen=True, slots=True)
class Rates:
    """A user's own price, in USD per million tokens."""

    input: float
    output: float

    def usd(self, usage: Usage) -> float:
        """Return what a request costs in USD; there is no discount for anything."""
        tokens = usage.input_tokens * self.input + usage.output_tokens * self.output
        return tokens / 1_000_000


class Spec:
    """The settings of one provider."""

    def __init__(
        self,
        *,
        id: str,  # noqa: A002 - the name that ``Provider`` has for it
        kind: str,
        api_key: str,
        model: str = AUTO,
        base_url: str = "",
        local: bool = False,
        rates: Rates | None = None,
    ) -> None:
        """Keep the settings.

        ``id`` is the subentry id, ``base_url`` is empty for the company's own address, and
        ``local`` allows an ``openai_compatible`` server in the user's own network. ``rates`` count
        instead of list prices.
        """
        self.id = id
        self.kind = kind
        self.secret = Secret(api_key)
        self.model = model
        self.base_url = base_url
        self.local = local
        self.rates = rates

    @override
    def __repr__(self) -> str:
        return f"Spec({vars(self)})"

    @property
    def url(self) -> str:
        """Return where its API begins."""
        return self.base_url or BASE_URLS[self.kind]

    @property
    def is_far(self) -> bool:
        """Return whether connecting takes long: over TLS, out of the user's own network."""
        return not self.local and urlsplit(self.url).scheme == "https"

    @property
    def reach(self) -> Reach:
        """Return how far the address may lead."""
        if self.kind == COMPATIBLE:
            return Reach.LOCAL if self.local else Reach.PUBLIC
        return Reach.LOCAL if self.base_url else Reach.VENDOR
