"""Fields that several forms share."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.helpers.selector import (
    BooleanSelector,
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
    GEMINI,
    GROK,
    NAMES,
    OPENAI,
)
from ..providers.models.offers import Offer
from ..providers.spec import AUTO
from .address import normalize_url

PASSWORD: Final = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
)
URL: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))
ADDRESS: Final = {
    vol.Optional(CONF_BASE_URL): URL,
    vol.Required(CONF_LOCAL, default=False): BooleanSelector(),
}
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


def model_form(offers: list[Offer], default: str = AUTO) -> vol.Schema:
    """Return the form for a model: those that see pictures first, with what 100 pictures cost.

    Home Assistant's lists take no texts with placeholders, so the labels hold none.
    """
    auto = next((f"{AUTO} = {_label(offer)}" for offer in offers if offer.is_auto), AUTO)
    options = [SelectOptionDict(value=AUTO, label=auto)]
    options += [SelectOptionDict(value=offer.model, label=_label(offer)) for offer in offers]
    return vol.Schema(
        {
            vol.Required(CONF_MODEL, default=default): SelectSelector(
                SelectSelectorConfig(
                    options=options, mode=SelectSelectorMode.DROPDOWN, custom_value=True
                )
            )
        }
    )


def _label(offer: Offer) -> str:
    return offer.model if offer.cents is None else f"{offer.model} ({offer.cents:.1f} ¢)"


def read_model(user_input: Mapping[str, Any]) -> str:
    """Return the model that was chosen or typed; spaces are none."""
    return str(user_input[CONF_MODEL]).strip() or AUTO


def new_title(entry: ConfigEntry, kind: str) -> str:
    """Return the vendor's name, with a number when another provider has it already."""
    titles = {subentry.title for subentry in entry.subentries.values()}
    number, title = 1, NAMES[kind]
    while title in titles:
        number += 1
        title = f"{NAMES[kind]} {number}"
    return title
