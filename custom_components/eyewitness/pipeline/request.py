"""What a caller asks for, and what two calls must have in common to share an answer."""

from dataclasses import dataclass

from ..chain import policy
from ..pictures.size import Detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call of the action, validated."""

    entity_id: str
    providers: tuple[str, ...] | None = None
    """Subentry ids in order, None for the user's own order."""
    prompt: str = ""
    event_context: str = ""
    language: str
    detail: Detail | None = None
    """How much of the picture providers are to see, None for what the camera's rules say."""
    max_tokens: int = policy.MAX_TOKENS
    anew: bool = False
    """Whether to ask also when the camera shows the same as before."""
    seconds: float
    """For everything: the wait in the queue, the camera and the chain."""
    by_person: bool = False
    """Whether a person waits for it whom its context does not name."""

    @property
    def key(self) -> tuple[object, ...]:
        """Return what two calls must have in common to share an answer."""
        return (
            self.entity_id,
            self.providers,
            self.prompt,
            self.language,
            self.detail,
            self.max_tokens,
            self.anew,
        )
