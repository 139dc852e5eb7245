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

from ..const import CONF_API_KEY, CONF_BASE_URL, CONF_LOCAL, CONF_MODEL, NAMES
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
EXAMPLE_URL: Final = "http://192.168.1.20:11434/v1"


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
    """Return the form for a model, with those that see pictures first and their prices."""
    options = [SelectOptionDict(value=AUTO, label=AUTO)]
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
    if offer.input_price is None or offer.output_price is None:
        return offer.model
    return f"{offer.model} ({offer.input_price:g} / {offer.output_price:g} USD)"


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
