"""What the vendors share: the choice of a model, and what a failed request teaches."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
import logging
from typing import Any, Final

from ..chain.failures import Failure, ProviderError
from ..chain.redaction import KNOWN, redact
from ..chain.task import Reply, Task, Usage
from ..chain.text import clean
from . import rejections
from .models import choose
from .rejections import RejectedParametersError
from .spec import AUTO, Spec
from .wire import logs

_LOGGER = logging.getLogger(__name__)
_MODEL_CHARS: Final = 100
_LIST_SECONDS: Final = 5.0
"""An event waits no longer than this for the list of models; it can be described without one."""


class VendorProvider(ABC):
    """One provider; a subclass speaks its vendor's dialect.

    The SDKs never retry (the chain is the only loop that does), never follow a redirect (the key
    would travel with it) and take no proxy from the environment.
    """

    optional_parameters: tuple[str, ...] = ()
    """What a request can do without, by the names that vendors use in their errors."""
    needs_model_list = False
    """Whether no model can be chosen without the list of models."""

    def __init__(self, spec: Spec) -> None:
        """Load the price table; call it in an executor, like everything that loads a library.

        From now on until it is closed, its key is taken out of all texts.
        """
        from . import prices  # noqa: PLC0415

        logs.watch()
        KNOWN.add(spec.secret.reveal())
        prices.warm()
        self._list_price = prices.cost
        self._spec = spec
        self._chosen: str | None = None if spec.model == AUTO else spec.model
        self._missing: set[str] = set()
        self._dropped: dict[str, set[str]] = {}
        self._listed_count: int | None = None
        self._logged: str | None = None
        """The model of ``auto`` that the log names last."""

    @property
    def id(self) -> str:
        """Return the subentry id."""
        return self._spec.id

    @property
    def kind(self) -> str:
        """Return the kind of provider, such as ``openai``."""
        return self._spec.kind

    @property
    def model(self) -> str:
        """Return the model that the next request will name, ``auto`` while none is chosen."""
        return redact(self._chosen or AUTO)  # somebody may have typed the key into its field

    @property
    def models_listed(self) -> int | None:
        """Return how many models the account listed last, None if it was not asked yet."""
        return self._listed_count

    @property
    def missing_models(self) -> Collection[str]:
        """Return the models of our choice that the vendor did not have."""
        return frozenset(self._missing)

    @property
    def dropped_parameters(self) -> Mapping[str, Collection[str]]:
        """Return what is not sent any more since the vendor rejected it, by model."""
        return {model: frozenset(names) for model, names in self._dropped.items() if names}

    def cost(self, model: str, usage: Usage) -> float | None:
        """Return USD at list price, or None when no price is known."""
        return self._list_price(self.kind, model, usage)

    async def generate(self, task: Task[Any]) -> Reply:
        """Ask once; raise ``ProviderError`` when there is no reply.

        When the vendor rejects a parameter, or misses the model that we chose, the next request
        is changed and the error's ``adapted`` says so.
        """
        try:
            model = self._chosen or await self._choose_model()
        except ProviderError as err:
            err.shown = False
            raise
        try:
            reply = await self._request(model, task, self._dropped.setdefault(model, set()))
        except ProviderError as err:
            err.model = redact(err.model or model)
            err.adapted = self._adapt(err, model)
            raise
        # A key that may not list its models shall not ask for the list before every event.
        self._chosen = model
        return replace(reply, model=redact(reply.model))

    async def check(self) -> None:
        """Ask for the free list of models and choose from it; raise ``ProviderError``."""
        listed = await self.list_models()
        self._listed_count = len(listed)
        if self._spec.model == AUTO:
            self._chosen = self._choose(listed)

    def _choose(self, listed: Collection[str]) -> str:
        """Return the model to use; log it when it is another one than before."""
        model = choose.choose(self.kind, listed, self._missing)
        if model != self._logged:
            self._logged = model
            name = clean(model, _MODEL_CHARS)
            _LOGGER.info("%s: auto is %s now, chosen from %d", self.kind, name, len(listed))
        return model

    def _adapt(self, err: ProviderError, model: str) -> bool:
        """Change the next request after an error; return whether there was anything to change."""
        if err.failure is Failure.MODEL_MISSING and self._spec.model == AUTO:
            self._missing.add(model)
            self._chosen = None
            return self._has_another_model()
        dropped = self._dropped[model]
        if isinstance(err, RejectedParametersError) and (names := err.parameters - dropped):
            dropped |= names
            return True
        return False

    async def _choose_model(self) -> str:
        try:
            async with asyncio.timeout(_LIST_SECONDS):
                await self.check()
        except TimeoutError:
            return self._choose_without_list(ProviderError(Failure.TIMEOUT))
        except ProviderError as err:
            return self._choose_without_list(err)
        return self._chosen or AUTO

    def _choose_without_list(self, reason: ProviderError) -> str:
        """Return a model although there is no list; raise the reason when that cannot be done."""
        if self.needs_model_list:
            raise reason from None
        # A restricted key may be allowed to describe and not to list.
        return self._choose(())

    def _has_another_model(self) -> bool:
        """Return whether there is a model left to choose after one was missing."""
        return choose.choose(self.kind, (), self._missing) not in self._missing

    @abstractmethod
    async def list_models(self) -> Collection[str]:
        """Return the ids that the account may use; raise ``ProviderError``."""

    @abstractmethod
    async def _request(self, model: str, task: Task[Any], dropped: Collection[str]) -> Reply:
        """Make the vendor's request without the dropped parameters; raise ``ProviderError``."""

    async def close(self) -> None:
        """Close the connections and forget the key."""
        KNOWN.discard(self._spec.secret.reveal())
        await self._disconnect()

    @abstractmethod
    async def _disconnect(self) -> None:
        """Close the SDK's connections."""

    def _rejection(
        self, failure: Failure, *, status: int, message: str = "", retry_after: float | None = None
    ) -> ProviderError:
        """Return the error for an HTTP error; the message is read, never kept."""
        if failure is Failure.BAD_REQUEST:
            if rejections.says_too_large(message):
                failure = Failure.TOO_LARGE
            elif rejections.says_no_vision(message):
                failure = Failure.MODEL_MISSING
            elif parameters := self._rejected_parameters(message):
                return RejectedParametersError(parameters, status=status)
        return ProviderError(failure, status=status, retry_after=retry_after)

    def _rejected_parameters(self, message: str) -> frozenset[str]:
        """Return the optional parameters that a message is about."""
        return rejections.parameters_in(message, self.optional_parameters)
