"""The model that a provider's requests name, and the account's list that it is chosen from."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import date
import logging
from typing import Final

from ..chain import guard, policy
from ..chain.failures import Failure, ProviderError
from ..chain.redaction import redact
from ..chain.text import clean
from .models import choose
from .models.card import ModelCard
from .models.sunset import Sunset, end_of, sunset
from .spec import AUTO, Spec

_LOGGER = logging.getLogger(__name__)
_NAME_CHARS: Final = 100


class ChosenModel:
    """The user's own model, or the one that is chosen for a user who left it to us."""

    def __init__(
        self,
        spec: Spec,
        list_models: Callable[[], Awaitable[Collection[ModelCard]]],
        *,
        needs_list: bool,
    ) -> None:
        """Take what asks for the list, and whether no model can be chosen without one."""
        self._spec = spec
        self._list_models = list_models
        self._needs_list = needs_list
        self._name: str | None = None if self.is_auto else spec.model
        self._missing: set[str] = set()
        self._blind = False
        """Whether the vendor has said that the user's own model does not see."""
        self._cards: dict[str, ModelCard] | None = None
        """The account's models as they were listed last; None when they never were."""
        self._ranked = choose.ranked(spec.kind, ())
        """What can be used of them, best first; before there is a list, what may be guessed."""
        self._listing: asyncio.Task[None] | None = None
        """The request for the list of models that is under way."""
        self._logged: str | None = None
        """The model of ``auto`` that the log names last."""

    @property
    def is_auto(self) -> bool:
        """Return whether the choice is ours."""
        return self._spec.model == AUTO

    @property
    def is_known(self) -> bool:
        """Return whether the next request need not ask for the list first."""
        return self._name is not None

    @property
    def name(self) -> str:
        """Return the model that the next request will name, ``auto`` while none is chosen."""
        return redact(self._name or AUTO)  # somebody may have typed the key into its field

    @property
    def listed(self) -> int | None:
        """Return how many models the account listed last, None if it was not asked yet."""
        return None if self._cards is None else len(self._cards)

    @property
    def missing(self) -> Collection[str]:
        """Return the models of our choice that the vendor did not have."""
        return frozenset(self._missing)

    @property
    def is_gone(self) -> bool:
        """Return whether the user's own model is of no use, after the list was asked for as well.

        An empty list says nothing: the server may still be starting.
        """
        if self.is_auto or not self._cards:
            return False
        return self._blind or not choose.is_listed(self._spec.model, self._cards.values())

    def sunset(self, today: date) -> Sunset | None:
        """Return the end of the user's own model, None unless the list tells of one that is near.

        ``auto`` is in no list. Blocking: it looks for a successor in the whole list.
        """
        kind, model, base_url = self._spec.kind, self._spec.model, self._spec.base_url
        return sunset(kind, (self._cards or {}).values(), model, today, base_url)

    def card(self, model: str) -> ModelCard | None:
        """Return what the list says of a model, None when it does not hold it."""
        return (self._cards or {}).get(model)

    async def get(self) -> str:
        """Return the model to ask now; raise ``ProviderError`` when there is none.

        An event waits no longer than ``policy.LIST_SECONDS`` for the list. What takes longer goes
        on, and is there for the next request.
        """
        if self._name is not None:
            return self._name
        listing = self._list()
        await asyncio.wait({listing}, timeout=policy.LIST_SECONDS)
        try:
            if not listing.done() or listing.cancelled():
                self._do_without_list(ProviderError(Failure.TIMEOUT))
            elif isinstance(err := listing.exception(), ProviderError):
                self._do_without_list(err)
            return self._choose()
        except ProviderError:
            self._missing.clear()
            raise

    def keep(self, model: str) -> None:
        """Stay with a model that has answered.

        A key that may not list its models shall not ask for the list before every event. But a
        choice from a list that came meanwhile is better than a guess.
        """
        self._name = self._name or model

    def lose(self, model: str, *, blind: bool, old_list: bool) -> bool:
        """Learn that a model is missing or does not see; return whether another one may be left.

        When none is left all are forgotten to be missing: a server that is starting may list what
        it cannot serve yet, so whoever comes back later begins anew. But after an ``old_list`` a
        new one may hold another model than this one.
        """
        self._blind = blind
        if not self.is_auto:
            return False
        self._missing.add(model)
        if self._name == model:
            self._name = None
        if self._left:
            return True
        self._missing.clear()
        if old_list:
            self._missing.add(model)
        return old_list

    async def prepare(self) -> None:
        """Choose a model before there is an event; raise ``ProviderError``."""
        if self._name is None:
            listing = self._list()
            await asyncio.wait({listing})
            if not listing.cancelled():
                listing.result()

    async def check(self) -> None:
        """Ask for the free list of models and choose from it; raise ``ProviderError``."""
        cards = {card.id: card for card in await self._list_models()}
        if self.is_auto:
            kind, base_url = self._spec.kind, self._spec.base_url
            ranked = await asyncio.to_thread(choose.ranked, kind, cards.values(), base_url)
            self._cards, self._ranked = cards, ranked
            self._name = self._choose()
        else:
            self._cards = cards

    async def close(self) -> None:
        """Give up the request for the list."""
        if self._listing is not None:
            self._listing.cancel()
            await asyncio.wait({self._listing})

    @property
    def _left(self) -> str | None:
        """Return the best model that is not missing."""
        return next((name for name in self._ranked if name not in self._missing), None)

    def _choose(self) -> str:
        """Return the model to use; log it when it is another one than before."""
        if (model := self._left) is None:
            raise ProviderError(Failure.MODEL_MISSING)
        if model != self._logged:
            before, self._logged = self._logged, model
            _LOGGER.info(
                "%s: auto is %s now, chosen from %d%s",
                self._spec.kind,
                clean(model, _NAME_CHARS),
                self.listed or 0,
                self._why_not(before),
            )
        return model

    def _why_not(self, model: str | None) -> str:
        """Return the end of the model that was left, if the list tells of one, for the log."""
        if model is None or (ends := end_of(model, (self._cards or {}).values())) is None:
            return ""
        return f" ({clean(model, _NAME_CHARS)} ends on {ends})"

    def _list(self) -> asyncio.Task[None]:
        """Return the request for the list of models, a new one unless one is under way."""
        if self._listing is None or self._listing.done():
            kind = self._spec.kind
            listing = guard.ask(kind, self.check(), policy.CHECK_SECONDS)
            self._listing = asyncio.create_task(listing, name=f"{kind} list of models")
            # Nobody may be left to hear of its failure.
            self._listing.add_done_callback(lambda task: task.cancelled() or task.exception())
        return self._listing

    def _do_without_list(self, reason: ProviderError) -> None:
        """Go on with the list of an earlier time, or none; raise the reason when there must be one.

        A restricted key may be allowed to describe and not to list.
        """
        if self._needs_list:
            raise reason from None
