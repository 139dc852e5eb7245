"""What the vendors share: the choice of a model and the reading of refusals."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Collection
from dataclasses import replace
import re
from typing import Final

from ..chain.answer import REMOVED
from ..chain.failures import Kind, ProviderError
from ..chain.task import Question, Reply, Usage
from .models import choose
from .spec import AUTO, Spec

_LIST_SECONDS: Final = 5.0
"""An event waits no longer than this for the list of models; it can be described without one."""


class VendorProvider(ABC):
    """Ask one vendor; a subclass speaks its dialect.

    The SDKs never retry (the chain is the only loop that does), never follow a redirect (the key
    would travel with it) and take no proxy from the environment.
    """

    optional: tuple[str, ...] = ()
    """Parameters that a request can do without, by the names vendors blame them by."""

    def __init__(self, spec: Spec) -> None:
        """Remember how to reach the vendor; runs in an executor, like all that loads a library."""
        from . import prices  # noqa: PLC0415

        prices.warm()
        self._price = prices.cost
        self._spec = spec
        self._chosen: str | None = None if spec.model == AUTO else spec.model
        self._missing: set[str] = set()
        self._dropped: dict[str, set[str]] = {}

    @property
    def id(self) -> str:
        """Return the subentry id."""
        return self._spec.id

    @property
    def kind(self) -> str:
        """Return the vendor's kind."""
        return self._spec.kind

    @property
    def model(self) -> str:
        """Return the model that the next request will name, ``auto`` while none is chosen."""
        return self._chosen or AUTO

    def cost(self, model: str, usage: Usage) -> float | None:
        """Return USD at list price, or None when it is not known."""
        return self._price(self.kind, model, usage)

    async def describe(self, question: Question) -> Reply:
        """Ask once; raise ``ProviderError`` when there is no reply that carries text.

        When the vendor blames a parameter or the model that was chosen for the user, the next
        request is changed and the error says so.
        """
        model = self._chosen or await self._choose()
        dropped = self._dropped.setdefault(model, set())
        try:
            reply = await self._request(model, question, dropped)
        except ProviderError as err:
            err.model = self._keyless(err.model or model)
            if err.kind is Kind.MODEL_MISSING and self._spec.model == AUTO:
                self._missing.add(model)
                self._chosen = None
                err.adapted = self._another()
            elif isinstance(err, BlamedError) and (names := err.params - dropped):
                dropped |= names
                err.adapted = True
            raise
        # A key that may not list its models shall not ask for the list before every event.
        self._chosen = model
        # A vendor, or whoever sits in its place, knows our key and could have it said aloud.
        return replace(reply, text=self._keyless(reply.text), model=self._keyless(reply.model))

    def _keyless(self, text: str) -> str:
        secret = self._spec.secret
        return text.replace(secret.reveal(), REMOVED) if secret else text

    async def check(self) -> None:
        """Ask for the free list of models and choose from it; raise ``ProviderError``."""
        listed = await self.list_models()
        if self._spec.model == AUTO:
            self._chosen = choose.choose(self.kind, listed, self._missing)

    async def _choose(self) -> str:
        try:
            async with asyncio.timeout(_LIST_SECONDS):
                await self.check()
        except TimeoutError:
            return self._guess(ProviderError(Kind.TIMEOUT))
        except ProviderError as err:
            return self._guess(err)
        return self.model

    def _guess(self, why: ProviderError) -> str:
        """Return a model when there is no list, or raise what kept us from it."""
        del why
        # A restricted key may be allowed to describe and not to list; the request will tell.
        return choose.choose(self.kind, (), self._missing)

    def _another(self) -> bool:
        """Say whether there is a model left to choose after one was missing."""
        return choose.choose(self.kind, (), self._missing) not in self._missing

    @abstractmethod
    async def list_models(self) -> Collection[str]:
        """Return the ids that the account may use; raise ``ProviderError``."""

    @abstractmethod
    async def _request(self, model: str, question: Question, dropped: Collection[str]) -> Reply:
        """Make the vendor's request without the dropped parameters; raise ``ProviderError``."""

    @abstractmethod
    async def close(self) -> None:
        """Close the connections."""

    def _failure(
        self, kind: Kind, *, status: int, message: str = "", retry_after: float | None = None
    ) -> ProviderError:
        """Return the error for an answer; the message is read, never kept.

        A 400 alone says little: the picture may be too large, the model may not see, or it may not
        know a parameter that we can do without.
        """
        if kind is Kind.BAD_REQUEST:
            if _TOO_LARGE.search(message):
                kind = Kind.TOO_LARGE
            elif blind(message):
                kind = Kind.MODEL_MISSING
            elif params := self._blamed(message):
                return BlamedError(params, status=status)
        return ProviderError(kind, status=status, retry_after=retry_after)

    def _blamed(self, message: str) -> frozenset[str]:
        """Return the optional parameters that a message names, in whatever spelling."""
        return frozenset(
            name
            for name in self.optional
            if re.search(rf"\b{name.replace('_', '[_ ]?')}\b", message, re.IGNORECASE)
        )


def blind(message: str) -> bool:
    """Say whether a message means that a model cannot see."""
    return _BLIND.search(message) is not None


class BlamedError(ProviderError):
    """Report a request that the vendor rejected because of parameters we can do without."""

    def __init__(self, params: frozenset[str], *, status: int) -> None:
        """Keep the parameters' names."""
        super().__init__(Kind.BAD_REQUEST, status=status)
        self.params = params


_TOO_LARGE: Final = re.compile(
    r"\b(image|request|payload)\b.{0,40}\b(exceeds?|larger than|too large)\b", re.IGNORECASE
)
_BLIND: Final = re.compile(
    r"\bimages?(_url)?( inputs?)?( modality)? (is|are) (only|not) (supported|enabled)\b"
    r"|\bnot support (image|vision)|\bmissing data required for image input"
    r"|\bis not a multimodal model|\bat most 0 images?\b",
    re.IGNORECASE,
)
"""What is said of a model without eyes, after the vendors by LM Studio ("Model does not support
images"), llama.cpp ("image input is not supported"), Ollama and vLLM."""
