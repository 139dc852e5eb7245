"""What requests to a model go without since its vendor rejected it, or since it was of no use."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

MORE_TOKENS: Final = "more_tokens"
"""Stands beside the dropped parameters of a model that has thought its limit away."""


class DroppedParameters:
    """The optional parameters that one provider's models get no more.

    A model that rejects a parameter may reject the next one as well, and an event shall not pay for
    each with a request. So the second try goes without all of them. Once it is answered, only what
    was blamed stays away: the rest makes answers better. A model that stands in for a missing one
    has no second try left, so its first request goes without all of them too.
    """

    def __init__(self, optional: Collection[str], kept: Collection[str]) -> None:
        """Take the names of the optional parameters.

        Those that are ``kept`` are left out only when they are blamed themselves.
        """
        self._optional = frozenset(optional)
        self._bare_request = self._optional.difference(kept)
        self._blamed: dict[str, frozenset[str]] = {}
        self._bare: dict[str, int] = {}
        """By model whose next request goes without all: the number of its last rejection."""
        self.rejections = 0
        """How many there were."""
        self._met: set[str] = set()
        """The models that have answered."""
        self._careful = False
        """Whether a model that was not met yet is asked without all."""

    @property
    def by_model(self) -> dict[str, frozenset[str]]:
        """Return what is dropped for good, and ``MORE_TOKENS``, by model."""
        return dict(self._blamed)

    def restore(self, dropped: Mapping[str, Iterable[str]]) -> None:
        """Take over what an earlier run has learnt; names that are not known are passed over."""
        known = {*self._optional, MORE_TOKENS}
        for model, names in dropped.items():
            if found := known.intersection(names):
                self.drop(model, *found)

    def of(self, model: str) -> frozenset[str]:
        """Return what the next request to a model goes without, and ``MORE_TOKENS``."""
        blamed = self._blamed.get(model, frozenset())
        is_new = self._careful and model not in self._met
        return blamed | self._bare_request if is_new or model in self._bare else blamed

    def drop(self, model: str, *names: str) -> None:
        """Leave these out from now on."""
        self._blamed[model] = self._blamed.get(model, frozenset()).union(names)

    def reject(self, model: str, names: Collection[str]) -> None:
        """Leave out what a model's vendor blamed, and at the next request all that it may blame."""
        self.drop(model, *names)
        self.rejections += 1
        self._bare[model] = self.rejections

    def be_careful(self) -> None:
        """Ask a model without all the first time, since the one before is missing."""
        self._careful = True

    def accept(self, model: str, rejections: int) -> None:
        """Leave out only what was blamed, now that a request was answered.

        ``rejections`` were known when it was sent: one that came meanwhile has its second try still
        to come.
        """
        self._met.add(model)
        if self._bare.get(model, 0) <= rejections:
            self._bare.pop(model, None)
