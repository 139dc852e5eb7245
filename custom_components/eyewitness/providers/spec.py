"""How to reach one provider."""

from collections.abc import Callable
from dataclasses import InitVar, dataclass, field
from typing import Final, override

from ..const import COMPATIBLE
from .wire.pinning import Reach

AUTO: Final = "auto"


class Secret:
    """Hold a key where a dump of everything would not show it."""

    __slots__ = ("_reveal",)

    def __init__(self, text: str) -> None:
        """Keep the text in a closure, which neither ``repr`` nor ``vars`` nor ``asdict`` opens."""
        self._reveal: Callable[[], str] = lambda: text

    def reveal(self) -> str:
        """Return the key, for the one place that sends it."""
        return self._reveal()

    def __bool__(self) -> bool:
        """Say whether there is a key at all."""
        return bool(self._reveal())

    @override
    def __repr__(self) -> str:
        return "Secret(***)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """Hold how to reach one provider."""

    id: str
    kind: str
    api_key: InitVar[str]
    secret: Secret = field(init=False)
    model: str = AUTO
    base_url: str = ""
    """Empty for the vendor's own address."""
    local: bool = False
    """Whether the address may lead into the user's own network (``openai_compatible`` only)."""

    def __post_init__(self, api_key: str) -> None:
        """Wrap the key, so that no log, traceback or dump of this shows it."""
        object.__setattr__(self, "secret", Secret(api_key))

    @property
    def reach(self) -> Reach:
        """Return how far the address may lead."""
        if self.kind == COMPATIBLE:
            return Reach.LOCAL if self.local else Reach.PUBLIC
        return Reach.LOCAL if self.base_url else Reach.VENDOR
