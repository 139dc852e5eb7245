"""The models that the simulated vendors offer.

The ids, dates and refused parameters come from section 5 of the project's research note
"users and peers" (November 2026), which names the vendors' pages. More exact than there:
gpt-5.6 takes temperature at effort none and refuses it at its default effort, medium
(UKGovernmentBEIS/inspect_ai PR #5242); gemini-3.5-flash-lite refuses a thinking budget of
0 and no other (googleapis/python-genai #2936); Grok refuses the penalties at any effort
(miaoxworld/NativeTavern #83) and only 4.3 takes an effort (omnigent-ai/omnigent #1686).
A test may replace all of it through the control API.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from .wire import JsonObject, Vendor

_SAMPLING = frozenset({"temperature", "top_p"})
_PENALTIES = frozenset({"presence_penalty", "frequency_penalty", "stop"})
_GPT_EFFORTS = ("none", "low", "medium", "high", "xhigh", "max")
_GROK_EFFORTS = ("none", "low", "medium", "high", "xhigh")
_CLAUDE_EFFORTS = ("low", "medium", "high", "xhigh", "max")


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model of one vendor."""

    id: str
    offered: bool = True
    """False: every call answers "no such model"."""
    listed: bool = True
    """False: it answers, but is not in the list."""
    created: str = "2026-06-01"
    shutdown: str | None = None
    chat: bool = True
    vision: bool = True
    efforts: tuple[str, ...] = ()
    default_effort: str = "none"
    refuses: frozenset[str] = frozenset()
    """Wire names of parameters that are refused always."""
    refuses_thinking: frozenset[str] = frozenset()
    """Wire names that are refused unless the effort is none."""
    bills_as: str = ""
    """The id in the reply and on the bill, when the vendor redirects this one."""
    image_rule: str = "patches"
    """How the picture is counted; see `tokens`."""

    @property
    def billed(self) -> str:
        """Return the id that the reply names."""
        return self.bills_as or self.id


def model_from_json(data: JsonObject, base: Model | None = None) -> Model:
    """Build a model from the control API's JSON, over an older one if given."""
    known = {field.name for field in fields(Model)}
    if unknown := sorted(set(data) - known):
        raise ValueError(f"unknown model fields: {', '.join(unknown)}")
    values: dict[str, Any] = {
        name: tuple(value)
        if name == "efforts"
        else frozenset(value)
        if name.startswith("refuses")
        else value
        for name, value in data.items()
    }
    return replace(base, **values) if base else Model(**values)


def model_to_json(model: Model) -> JsonObject:
    """Return the control API's JSON of a model."""
    return {
        field.name: sorted(value) if isinstance(value, frozenset) else value
        for field in fields(Model)
        for value in (getattr(model, field.name),)
    }


def _gpt(model_id: str, created: str) -> Model:
    return Model(
        id=model_id,
        created=created,
        efforts=_GPT_EFFORTS,
        default_effort="medium",
        refuses=frozenset({"max_tokens"}),
        refuses_thinking=_SAMPLING | _PENALTIES | {"logprobs", "top_logprobs"},
    )


def _claude(model_id: str, created: str) -> Model:
    return Model(
        id=model_id,
        created=created,
        efforts=_CLAUDE_EFFORTS,
        default_effort="medium",
        refuses=_SAMPLING | {"top_k", "thinking.enabled", "prefill"},
        image_rule="claude",
    )


def _flash_lite(model_id: str, *refuses: str) -> Model:
    return Model(
        id=model_id,
        efforts=("minimal", "low", "medium", "high"),
        default_effort="minimal",
        refuses=frozenset({"candidateCount", *refuses}),
        image_rule="flat",
    )


_TABLE: dict[Vendor, tuple[Model, ...]] = {
    "openai": (
        _gpt("gpt-6-luna", "2026-09-15"),
        _gpt("gpt-5.6-luna", "2026-05-12"),
        Model(
            id="gpt-4o-mini",
            created="2024-07-16",
            shutdown="2027-01-14",
            image_rule="tiles",
        ),
        Model(id="gpt-4.1-mini", created="2025-04-10", shutdown="2027-01-14"),
        Model(id="gpt-3.5-turbo", created="2023-02-28", vision=False),
        Model(
            id="text-embedding-3-small",
            created="2024-01-22",
            chat=False,
            vision=False,
        ),
    ),
    "grok": (
        Model(
            id="grok-4.3",
            created="2026-04-20",
            efforts=_GROK_EFFORTS,
            default_effort="low",
            refuses=_PENALTIES,
            image_rule="grok",
        ),
        Model(
            id="grok-4.20",
            created="2026-03-09",
            refuses=_PENALTIES | {"reasoning_effort"},
            image_rule="grok",
        ),
        Model(
            id="grok-2-vision-1212",
            created="2024-12-12",
            offered=False,
            refuses=frozenset({"reasoning_effort"}),
            image_rule="grok",
        ),
    ),
    "gemini": (
        _flash_lite("gemini-3.5-flash-lite", "thinkingBudget=0"),
        _flash_lite("gemini-3.1-flash-lite"),
        Model(
            id="gemini-2.5-flash",
            shutdown="2026-12-01",
            default_effort="medium",
            refuses=frozenset({"thinkingLevel"}),
            image_rule="flat",
        ),
        Model(id="gemini-embedding-001", chat=False, vision=False),
        Model(
            id="gemini-2.0-flash",
            offered=False,
            refuses=frozenset({"thinkingLevel", "thinkingBudget"}),
            image_rule="flat",
        ),
        Model(
            id="gemini-1.5-flash",
            offered=False,
            refuses=frozenset({"thinkingLevel", "thinkingBudget"}),
            image_rule="flat",
        ),
    ),
    "anthropic": (
        _claude("claude-haiku-5-5", "2026-09-22"),
        _claude("claude-sonnet-5-5", "2026-08-18"),
        Model(
            id="claude-haiku-4-5",
            created="2025-10-15",
            refuses=frozenset({"effort"}),
            image_rule="claude-old",
        ),
        Model(
            id="claude-3-haiku-20240307",
            created="2024-03-07",
            offered=False,
            refuses=frozenset({"effort", "output_config.format"}),
            image_rule="claude-old",
        ),
    ),
}


class Catalog:
    """The models of all vendors, changeable while the simulator runs."""

    def __init__(self) -> None:
        """Start with the default table."""
        self._models: dict[Vendor, dict[str, Model]] = {}
        self.reset()

    def reset(self) -> None:
        """Go back to the default table."""
        for vendor, models in _TABLE.items():
            self.replace(vendor, models)

    def replace(self, vendor: Vendor, models: Iterable[Model]) -> None:
        """Offer exactly these models."""
        self._models[vendor] = {model.id: model for model in models}

    def change(self, vendor: Vendor, model_id: str, changes: JsonObject) -> Model:
        """Change a model, or add it when it is new."""
        old = self._models[vendor].get(model_id, Model(id=model_id))
        model = model_from_json(changes, old)
        self._models[vendor][model_id] = model
        return model

    def all(self, vendor: Vendor) -> tuple[Model, ...]:
        """Return every model of the table, retired ones too."""
        return tuple(self._models[vendor].values())

    def listed(self, vendor: Vendor) -> tuple[Model, ...]:
        """Return the models that the vendor's list shows."""
        return tuple(m for m in self.all(vendor) if m.offered and m.listed)

    def find(self, vendor: Vendor, model_id: object) -> Model | None:
        """Return a model that answers, or None."""
        if not isinstance(model_id, str):
            return None
        model = self._models[vendor].get(model_id)
        return model if model and model.offered else None
