"""Read the entry: the user's order, and how to reach each provider."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry

from ..const import (
    CONF_BASE_URL,
    CONF_KIND,
    CONF_LOCAL,
    CONF_MODEL,
    CONF_PROVIDER_ORDER,
    KINDS,
    SUBENTRY_PROVIDER,
)
from ..providers.spec import AUTO, Spec

type Shape = tuple[dict[str, Any], dict[str, tuple[str, dict[str, Any]]]]
"""An entry's options, and the titles and data of its subentries by id."""


def provider_order(entry: ConfigEntry) -> list[str]:
    """Return the subentry ids in the user's order.

    A provider that the user has not placed yet goes where the default order puts its vendor:
    before the first placed one that comes later by default.
    """
    kinds = {
        subentry.subentry_id: str(subentry.data[CONF_KIND])
        for subentry in entry.get_subentries_of_type(SUBENTRY_PROVIDER)
    }
    order = [key for key in entry.options.get(CONF_PROVIDER_ORDER, []) if key in kinds]
    for key in sorted(kinds.keys() - set(order), key=lambda key: (KINDS.index(kinds[key]), key)):
        rank = KINDS.index(kinds[key])
        place = next(
            (i for i, other in enumerate(order) if KINDS.index(kinds[other]) > rank), len(order)
        )
        order.insert(place, key)
    return order


def shape(entry: ConfigEntry) -> Shape:
    """Return all that the runtime is built from, to tell a change that matters."""
    subentries = entry.subentries.items()
    return dict(entry.options), {key: (each.title, dict(each.data)) for key, each in subentries}


def spec_of(data: Mapping[str, Any], api_key: str, provider_id: str = "") -> Spec:
    """Return how to reach a provider, from its subentry's data and its decrypted key."""
    return Spec(
        id=provider_id,
        kind=data[CONF_KIND],
        api_key=api_key,
        model=data.get(CONF_MODEL, AUTO),
        base_url=data[CONF_BASE_URL],
        local=data.get(CONF_LOCAL, False),
    )
