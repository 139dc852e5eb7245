"""The last event of all, described or not, as the sensors show it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from ..const import CONF_KIND
from ..runtime import Runtime
from .record import EventRecord, Status

NOBODY: Final = "nobody"
"""Who answered when an event was not described."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastEvent:
    """How it ended; one that failed has no text of an earlier one, so that nothing pretends."""

    status: str
    camera: str
    timestamp: str
    """When its picture was taken; ISO 8601 with zone."""
    event_id: str
    title: str | None = None
    description: str = ""
    reason: str | None = None
    """Why it was not described, in plain words."""
    provider: str | None = None
    """The kind of provider."""
    model: str | None = None
    answered_by: str | None = None
    """The same as long as there is one of that kind: who was removed is named no more."""

    @property
    def attributes(self) -> Mapping[str, Any]:
        """Return what is not a state."""
        facts = asdict(self)
        return {name: facts[name] for name in facts if name not in {"title", "answered_by"}}


def event_of(record: EventRecord) -> LastEvent | None:
    """Return an event that the bus was told of as what it was, None for any other."""
    if (failure := record.last_failure) is not None:
        return LastEvent(**asdict(failure), answered_by=NOBODY)
    if (said := record.description) is None or not record.is_told:
        return None
    return LastEvent(**asdict(said), status=Status.DESCRIBED)


def last_event(runtime: Runtime) -> LastEvent | None:
    """Return the last event that the bus was told of, None when there was none."""
    if (failure := runtime.accounts.failure) is not None:
        return LastEvent(**asdict(failure), answered_by=NOBODY)
    if (last := runtime.accounts.last) is None:
        return None
    kinds = {provider.data[CONF_KIND] for provider in runtime.settings.providers.values()}
    return LastEvent(
        **asdict(last),
        status=Status.DESCRIBED,
        answered_by=last.provider if last.provider in kinds else None,
    )
