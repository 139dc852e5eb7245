"""Fields that several forms share."""

from typing import Final

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

from ..const import CONF_BASE_URL, CONF_LOCAL, CONF_MODEL, NAMES
from ..providers.models.offers import Offer
from ..providers.spec import AUTO

PASSWORD: Final = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
)
URL: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))
ADDRESS: Final = {
    vol.Optional(CONF_BASE_URL): URL,
    vol.Required(CONF_LOCAL, default=False): BooleanSelector(),
}
EXAMPLE: Final = "http://192.168.1.20:11434/v1"


def model_form(offers: list[Offer]) -> vol.Schema:
    """Return the form for a model, with those that see pictures first and their prices."""
    options = [SelectOptionDict(value=AUTO, label=AUTO)]
    options += [SelectOptionDict(value=offer.model, label=_label(offer)) for offer in offers]
    return vol.Schema(
        {
            vol.Required(CONF_MODEL, default=AUTO): SelectSelector(
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


def new_title(entry: ConfigEntry, kind: str) -> str:
    """Return the vendor's name, with a number when it is taken."""
    taken = {subentry.title for subentry in entry.subentries.values()}
    number, title = 1, NAMES[kind]
    while title in taken:
        number += 1
        title = f"{NAMES[kind]} {number}"
    return title
