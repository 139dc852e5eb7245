"""The models that the simulated vendors offer.

The ids, dates and refused parameters are those of the vendors' pages in November 2026. More
exact than there: gpt-5.6 takes temperature at effort none and refuses it at its default effort,
medium (UKGovernmentBEIS/inspect_ai PR #5242); gemini-3.5-flash-lite refuses a thinking budget of
0 and no other (googleapis/python-genai #2936); Grok refuses the penalties at any effort
(miaoxworld/NativeTavern #83) and only 4.3 takes an effort (omnigent-ai/omnigent #1686).
A test may replace all of it through the control API.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from .wire import JsonObject, Vendor, refuse_unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model of one vendor."""

    id: str
    offered: bool = True
    """False: every call answers "no such model"."""
    listed: bool = True
    """False: it answers, but is not in the list."""
    created: str = "2026-06-01"
    chat: bool = True
    vision: bool = True
    thinks: bool = True
    """What the list says of it, where the vendor's list does."""
    ends: str | None = None
    """The day on which it is switched off, as OpenAI's list and Gemini's replies have it."""
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


_SAMPLING = frozenset({"temperature", "top_p"})
_PENALTIES = frozenset({"presence_penalty", "frequency_penalty", "stop"})
_GPT = Model(
    id="gpt",
    efforts=("none", "low", "medium", "high", "xhigh", "max"),
    default_effort="medium",
    refuses=frozenset({"max_tokens"}),
    refuses_thinking=_SAMPLING | _PENALTIES | {"logprobs", "top_logprobs"},
)
_GROK = Model(
    id="grok",
    efforts=("none", "low", "medium", "high", "xhigh"),
    default_effort="low",
    refuses=_PENALTIES,
    image_rule="grok",
)
_OLD_GROK = replace(
    _GROK, efforts=(), default_effort="none", refuses=frozenset({"reasoning_effort"})
)
_FLASH = Model(
    id="gemini-2.0-flash",
    offered=False,
    thinks=False,
    refuses=frozenset({"thinkingLevel", "thinkingBudget"}),
    image_rule="flat",
)
_FLASH_LITE = Model(
    id="gemini",
    efforts=("minimal", "low", "medium", "high"),
    default_effort="minimal",
    refuses=frozenset({"candidateCount"}),
    image_rule="flat",
)
_CLAUDE = Model(
    id="claude",
    efforts=("low", "medium", "high", "xhigh", "max"),
    default_effort="medium",
    refuses=_SAMPLING | {"top_k", "thinking.enabled", "prefill"},
    image_rule="claude",
)
_OLD_CLAUDE = Model(
    id="claude-haiku-4-5",
    created="2025-10-15",
    refuses=frozenset({"effort"}),
    image_rule="claude-old",
)

_TABLE: dict[Vendor, tuple[Model, ...]] = {
    "openai": (
        replace(_GPT, id="gpt-6-luna", created="2026-09-15"),
        replace(_GPT, id="gpt-5.6-luna", created="2026-05-12"),
        Model(id="gpt-4o-mini", created="2024-07-16", image_rule="tiles"),
        Model(id="gpt-4.1-mini", created="2025-04-10"),
        Model(id="gpt-3.5-turbo", created="2023-02-28", vision=False),
        Model(id="text-embedding-3-small", created="2024-01-22", chat=False, vision=False),
    ),
    "grok": (
        replace(_GROK, id="grok-4.3", created="2026-04-20"),
        replace(
            _OLD_GROK,
            id="grok-4.20",
            created="2026-03-09",
            refuses=_PENALTIES | {"reasoning_effort"},
        ),
        replace(_OLD_GROK, id="grok-2-vision-1212", created="2024-12-12", offered=False),
    ),
    "gemini": (
        replace(
            _FLASH_LITE,
            id="gemini-3.5-flash-lite",
            refuses=_FLASH_LITE.refuses | {"thinkingBudget=0"},
        ),
        replace(_FLASH_LITE, id="gemini-3.1-flash-lite"),
        Model(
            id="gemini-2.5-flash",
            default_effort="medium",
            refuses=frozenset({"thinkingLevel"}),
            image_rule="flat",
        ),
        Model(id="gemini-embedding-001", chat=False, vision=False),
        _FLASH,
        replace(_FLASH, id="gemini-1.5-flash"),
    ),
    "anthropic": (
        replace(_CLAUDE, id="claude-haiku-5-5", created="2026-09-22"),
        replace(_CLAUDE, id="claude-sonnet-5-5", created="2026-08-18"),
        _OLD_CLAUDE,
        replace(
            _OLD_CLAUDE,
            id="claude-3-haiku-20240307",
            created="2024-03-07",
            offered=False,
            thinks=False,
            refuses=frozenset({"effort", "output_config.format"}),
        ),
    ),
}


class Catalog:
    """The models of all vendors, changeable while the simulator runs."""

    def __init__(self) -> None:
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
        refuse_unknown(changes, Model)
        kinds = {"efforts": tuple, "refuses": frozenset, "refuses_thinking": frozenset}
        values = {
            name: kinds[name](value) if name in kinds else value for name, value in changes.items()
        }
        model = replace(self._models[vendor].get(model_id, Model(id=model_id)), **values)
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
