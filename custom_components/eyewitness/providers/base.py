"""What the vendors share: one request, and what its reply or its failure teaches."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
import logging
from typing import Any

from ..chain.crash import where
from ..chain.failures import Failure, ProviderError
from ..chain.non_answers import failure_in, is_prose
from ..chain.redaction import KNOWN, redact
from ..chain.task import Cost, Reply, Task, Usage
from ..chain.visible import visible
from . import prices, rejections
from .chosen_model import ChosenModel
from .dropped import MORE_TOKENS, DroppedParameters
from .models import costs
from .models.card import ModelCard
from .models.parameters import (
    MORE_THINKING_TOKENS,
    THINKING_TOKENS,
    ModelParameters,
    parameters_for,
)
from .rejections import BlindModelError, RejectedParametersError
from .spec import AUTO, Spec
from .wire import logs
from .wire.client import nothing_sent
from .wire.preconnect import Preconnect

_LOGGER = logging.getLogger(__name__)


class VendorProvider(ABC):
    """One provider; a subclass speaks its vendor's dialect.

    The SDKs never retry (the chain is the only loop that does), never follow a redirect (the key
    would travel with it) and take no proxy from the environment.
    """

    optional_parameters: tuple[str, ...] = ()
    """What a request can do without, by the names that vendors use in their errors."""
    thinking_parameters: tuple[str, ...] = ()
    """Those among them that keep a model from thinking long."""
    schema_parameter: str
    """The one among them that holds the answer to a JSON Schema."""
    kept_parameters: tuple[str, ...] = ()
    """Those among them that only their own rejection leaves out."""
    needs_model_list = False
    """Whether no model can be chosen without the list of models."""
    _line: Preconnect
    """Of the SDK's HTTP client."""

    def __init__(self, spec: Spec) -> None:
        """Load the price table; call it in an executor, like everything that loads a library.

        From now on until it is closed, its key is taken out of all texts.
        """
        logs.watch()
        KNOWN.add(spec.secret.reveal())
        prices.warm(spec.kind)
        self._spec = spec
        self.chosen = ChosenModel(spec, self.list_models, needs_list=self.needs_model_list)
        """The model that requests name."""
        self._dropped = DroppedParameters(self.optional_parameters, self.kept_parameters)
        self._heeding: set[str] = set()
        """The models that have answered to the schema with JSON."""

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
        return self.chosen.name

    @property
    def local(self) -> bool:
        """Return whether it is a server in the user's own network."""
        return self._spec.local

    @property
    def dropped_parameters(self) -> Mapping[str, Collection[str]]:
        """Return by model what is not sent any more since it was rejected.

        ``MORE_TOKENS`` among them means that the model gets more output tokens to think.
        """
        return self._dropped.by_model

    def drop_parameters(self, dropped: Mapping[str, Collection[str]]) -> None:
        """Send a model no more what an earlier run has learnt not to; odd names are passed over."""
        self._dropped.restore(dropped)

    def cost(self, model: str, usage: Usage | None) -> Cost | None:
        """Return the cost by the user's price or at list price, None when it is not known.

        A model without a price may be dear, and shall not look cheap: it is taken for its vendor's
        dearest, and the cost is marked as estimated.
        """
        if usage is None:
            return None
        if self._spec.rates is not None:
            return Cost(self._spec.rates.usd(usage))
        usd = prices.cost(self.kind, model, usage, self._spec.base_url)
        if usd is not None:
            return Cost(usd)
        most = prices.most(self.kind, usage)
        return None if most is None else Cost(most, is_estimated=True)

    @property
    def expected_usd(self) -> float | None:
        """Return what a description costs in USD: 0 where all are free, None when nobody knows.

        While no model is chosen nobody does: the dearest one is none that ``auto`` would be.
        """
        cost = self.cost(self.model, costs.usual_usage(self.model))
        if cost is None or (cost.is_estimated and self.model == AUTO):
            return None
        return cost.usd

    async def generate(self, task: Task[Any]) -> Reply:
        """Ask once; raise ``ProviderError`` when there is no reply.

        When the vendor rejects a parameter, or misses the model that we chose, the next request
        is changed and the error's ``adapted`` says so.
        """
        chosen_before = self.chosen.is_known
        try:
            model = await self.chosen.get()
        except ProviderError as err:
            err.shown = False
            raise
        left_out, rejections = self._left_out(model), self._dropped.rejections
        try:
            reply = await self._request(model, task, left_out)
        except ProviderError as err:
            err.model = redact(err.model or model)
            err.adapted = self._adapt(err, model, left_out, chosen_before)
            raise
        self.chosen.keep(model)
        self._dropped.accept(model, rejections)
        reply = replace(reply, model=redact(reply.model))
        self._learn_from(reply, model)
        return reply

    def _learn_from(self, reply: Reply, model: str) -> None:
        """Change the next request where a reply is of no use."""
        text = visible(reply.text)
        if reply.truncated and not text:
            # The limit was thought away: the reader finds no answer, and the second try gets more.
            self._dropped.drop(model, MORE_TOKENS)
        elif reply.structured and not is_prose(text):
            self._heeding.add(model)
        elif self._may_ignore_the_schema(model) and reply.structured and failure_in(text) is None:
            # The reader turns prose down for this once, since with a schema it is mostly an error;
            # the next request goes without, and then it is an answer.
            self._dropped.drop(model, self.schema_parameter)

    def _may_ignore_the_schema(self, model: str) -> bool:
        """Return whether prose may be all that can be had.

        Not of a vendor, nor of a model that has answered in JSON before: without a schema its
        refusal in unusual words would be told, now and after every restart.
        """
        return bool(self._spec.base_url) and model not in self._heeding

    def rehearse(self, task: Task[Any]) -> None:
        """Make a request that is not sent, so that no event waits for what its first one builds.

        Blocking, and in a loop of its own. Whatever is wrong with it, the first event will tell.
        """
        try:
            with nothing_sent():
                asyncio.run(self._request(self.model, task, ()))
        except ProviderError:
            pass  # as it must end
        except Exception as err:  # noqa: BLE001 - a library that does not fit may raise anything
            _LOGGER.debug("The rehearsal with %s raised %s", self.kind, where(err))

    async def preconnect(self) -> None:
        """Open a connection before an event needs it, where that takes long; raise nothing."""
        if self._spec.is_far:
            await self._line.open()

    async def prepare(self) -> None:
        """Choose a model before there is an event; raise ``ProviderError``."""
        await self.chosen.prepare()

    async def check(self) -> None:
        """Ask for the free list of models and choose from it; raise ``ProviderError``."""
        await self.chosen.check()

    def _adapt(
        self, err: ProviderError, model: str, left_out: Collection[str], chosen_before: bool
    ) -> bool:
        """Change the next request after an error; return whether it will be another one.

        ``left_out`` is what this request went without: it may have been under way for long, and
        what it was rejected for may be known by now. A model that was ``chosen_before`` this
        request may come from an old list.
        """
        if err.failure is Failure.MODEL_MISSING:
            blind = isinstance(err, BlindModelError)
            self._dropped.be_careful()
            return self.chosen.lose(model, blind=blind, old_list=chosen_before)
        if isinstance(err, RejectedParametersError):
            blamed = err.parameters.difference(left_out, self._unsent(left_out))
            if blamed:
                self._dropped.reject(model, blamed)
                return True
        return False

    def _unsent(self, dropped: Collection[str]) -> Collection[str]:
        """Return the optional parameters that stand in for another one, and were not needed."""
        return ()

    def _left_out(self, model: str) -> Collection[str]:
        """Return what a request to a model goes without: what it rejected, or its card excludes."""
        dropped = self._dropped.of(model)
        card = self.chosen.card(model)
        if card is not None and card.structured is False:
            return dropped | {self.schema_parameter}
        return dropped

    def _parameters(self, model: str) -> ModelParameters:
        """Return what a model takes, as far as its card and its name tell."""
        return parameters_for(model, self.chosen.card(model))

    def _thinking_tokens(self, model: str, dropped: Collection[str]) -> int:
        """Return the output tokens to allow for thinking, on top of the answer's limit."""
        if MORE_TOKENS in dropped:
            return MORE_THINKING_TOKENS
        parameters = self._parameters(model)
        if parameters.arguments and not self._says_how_to_think(dropped):
            return THINKING_TOKENS  # left to itself it may use up the whole limit
        return parameters.thinking_tokens

    def _says_how_to_think(self, dropped: Collection[str]) -> bool:
        """Return whether a request says so to a model that takes it."""
        names = set(self.thinking_parameters)
        return bool(names) and names.isdisjoint(dropped)

    @abstractmethod
    async def list_models(self) -> Collection[ModelCard]:
        """Return the models that the account may use; raise ``ProviderError``."""

    @abstractmethod
    async def _request(self, model: str, task: Task[Any], dropped: Collection[str]) -> Reply:
        """Make the vendor's request without the dropped parameters; raise ``ProviderError``."""

    async def close(self) -> None:
        """Close the connections and forget the key."""
        KNOWN.discard(self._spec.secret.reveal())
        await self.chosen.close()
        await self._disconnect()

    @abstractmethod
    async def _disconnect(self) -> None:
        """Close the SDK's connections."""

    def _rejection(
        self, failure: Failure, *, status: int, message: str = "", retry_after: float | None = None
    ) -> ProviderError:
        """Return the error for an HTTP error; the message is read, never kept."""
        may_be_blind = failure in {Failure.BAD_REQUEST, Failure.MODEL_MISSING}
        if failure is Failure.BAD_REQUEST and rejections.says_too_large(message):
            failure = Failure.TOO_LARGE
        elif may_be_blind and rejections.says_no_vision(message):
            return BlindModelError(status=status)
        elif failure is Failure.BAD_REQUEST and (names := self._rejected_parameters(message)):
            return RejectedParametersError(names, status=status)
        return ProviderError(failure, status=status, retry_after=retry_after)

    def _rejected_parameters(self, message: str) -> frozenset[str]:
        """Return the optional parameters that a message is about."""
        return rejections.parameters_in(message, self.optional_parameters)
