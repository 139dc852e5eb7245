"""Fields that several forms share."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from ..const import (
    ANTHROPIC,
    CONF_API_KEY,
    CONF_BASE_URL,
    CONF_KIND,
    CONF_LOCAL,
    CONF_MODEL,
    CONF_PRICE_INPUT,
    CONF_PRICE_OUTPUT,
    GEMINI,
    GROK,
    OPENAI,
)
from ..ledger.rows import Period
from ..providers.models.offers import Offer
from ..providers.spec import AUTO
from ..runtime.budget import LIMIT_FIELDS, Unit, limit_field
from ..runtime.outcome_texts import async_number, kind_name
from .address import normalize_url

PASSWORD: Final = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
)
URL: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))
ADDRESS: Final = {
    vol.Optional(CONF_BASE_URL): URL,
    vol.Required(CONF_LOCAL, default=False): BooleanSelector(),
}
_USD: Final = NumberSelector(
    NumberSelectorConfig(
        min=0, max=10_000, step="any", unit_of_measurement="USD", mode=NumberSelectorMode.BOX
    )
)
_REQUESTS: Final = NumberSelector(
    NumberSelectorConfig(min=0, max=1_000_000, step=1, mode=NumberSelectorMode.BOX)
)
BUDGET: Final = {
    vol.Optional(limit_field(unit, period)): selector
    for period in (Period.DAY, Period.MONTH)
    for unit, selector in ((Unit.COST, _USD), (Unit.CALLS, _REQUESTS))
}
"""The limits for one provider or for all of them; a field that is empty is none."""
SECTION_MORE: Final = "more"
_MORE: Final = vol.Schema(
    {vol.Optional(CONF_PRICE_INPUT): _USD, vol.Optional(CONF_PRICE_OUTPUT): _USD, **BUDGET}
)
EXAMPLE: Final = {"example": "http://192.168.1.20:11434/v1"}
"""The placeholder of every form whose errors may be about an address."""
KEY_PAGES: Final = {
    OPENAI: "https://platform.openai.com/api-keys",
    GROK: "https://console.x.ai",
    GEMINI: "https://aistudio.google.com/apikey",
    ANTHROPIC: "https://console.anthropic.com/settings/keys",
}
"""Where the companies make keys; texts may hold no addresses, so the links are placeholders."""


def key_page(data: Mapping[str, Any]) -> str:
    """Return where a provider's key is made; for a server of one's own only its owner knows."""
    return KEY_PAGES.get(data[CONF_KIND]) or str(data[CONF_BASE_URL])


def read_key(user_input: Mapping[str, Any], field: str = CONF_API_KEY) -> str:
    """Return the key that was typed; people copy spaces and line ends along with it."""
    return str(user_input.get(field, "")).strip()


def read_address(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the fields of ``ADDRESS`` say, as it is stored."""
    return {
        CONF_BASE_URL: normalize_url(user_input.get(CONF_BASE_URL, "")),
        CONF_LOCAL: user_input.get(CONF_LOCAL, False),
    }


def with_more(form: vol.Schema, shown: Mapping[str, Any]) -> vol.Schema:
    """Return the form of a provider with what few need; it is open when something is filled in."""
    collapsed = not any(value is not None for value in shown.values())
    return form.extend({vol.Optional(SECTION_MORE): section(_MORE, {"collapsed": collapsed})})


def read_prices(data: Mapping[str, Any]) -> dict[str, float]:
    """Return a user's own prices out of what was typed or stored; none or both, if all is well."""
    names = (CONF_PRICE_INPUT, CONF_PRICE_OUTPUT)
    return {name: float(data[name]) for name in names if data.get(name) is not None}


async def async_model_form(
    hass: HomeAssistant, offers: list[Offer], default: str = AUTO
) -> vol.Schema:
    """Return the form for a model: those that see pictures first, with what 100 pictures cost.

    Home Assistant's lists take no texts with placeholders, so the labels hold none.
    """
    labels = {offer.model: await _async_label(hass, offer) for offer in offers}
    auto = next((f"{AUTO} = {labels[offer.model]}" for offer in offers if offer.is_auto), AUTO)
    options = [SelectOptionDict(value=AUTO, label=auto)]
    options += [SelectOptionDict(value=model, label=label) for model, label in labels.items()]
    return vol.Schema(
        {
            vol.Required(CONF_MODEL, default=default): SelectSelector(
                SelectSelectorConfig(
                    options=options, mode=SelectSelectorMode.DROPDOWN, custom_value=True
                )
            )
        }
    )


async def _async_label(hass: HomeAssistant, offer: Offer) -> str:
    if offer.cents is None:
        return offer.model
    return f"{offer.model} ({await async_number(hass, f'{offer.cents:.1f}')} ¢)"


def read_budget(user_input: Mapping[str, Any]) -> dict[str, float]:
    """Return the limits that were typed, as they are stored."""
    return {name: user_input[name] for name in LIMIT_FIELDS if user_input.get(name) is not None}


def budget_error(user_input: Mapping[str, Any]) -> str | None:
    """Return what is wrong with limits, None when nothing is."""
    for unit in Unit:
        day = user_input.get(limit_field(unit, Period.DAY))
        month = user_input.get(limit_field(unit, Period.MONTH))
        if day is not None and month is not None and day > month:
            return "budget_day_above_month"
        if unit is Unit.CALLS and any(each is not None and each % 1 for each in (day, month)):
            return "budget_calls_not_whole"
    return None


def read_model(user_input: Mapping[str, Any]) -> str:
    """Return the model that was chosen or typed; spaces are none."""
    return str(user_input[CONF_MODEL]).strip() or AUTO


def new_title(hass: HomeAssistant, entry: ConfigEntry, kind: str) -> str:
    """Return the vendor's name, with a number when another provider has it already."""
    titles = {subentry.title for subentry in entry.subentries.values()}
    number, title = 1, kind_name(hass, kind)
    while title in titles:
        number += 1
        title = f"{kind_name(hass, kind)} {number}"
    return title
