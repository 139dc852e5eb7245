"""What a caller asks for, and what two calls must share to get one answer."""

from dataclasses import dataclass

from ..chain import policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Hold what a caller asks for, validated."""

    entity_id: str
    providers: tuple[str, ...] | None = None
    """Subentry ids in order, None for the user's own order."""
    prompt: str = ""
    event_context: str = ""
    language: str
    max_tokens: int = policy.MAX_TOKENS
    seconds: float

    @property
    def same(self) -> tuple[object, ...]:
        """Return what two calls must have in common to share an answer."""
        return (self.entity_id, self.providers, self.prompt, self.language, self.max_tokens)
