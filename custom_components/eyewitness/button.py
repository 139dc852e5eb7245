"""Offer the self-test as a button."""

from typing import Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .chain.failures import OK
from .const import DOMAIN
from .entity import EyewitnessEntity
from .flows import outcome_texts
from .pipeline import self_test
from .runtime import EyewitnessConfigEntry

PARALLEL_UPDATES = 1

TEST_CHAIN: Final = ButtonEntityDescription(
    key="test_chain",
    translation_key="test_chain",
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EyewitnessConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the button."""
    async_add_entities([TestChainButton(entry, TEST_CHAIN)])


class TestChainButton(EyewitnessEntity, ButtonEntity):
    """The button that tests the chain; the status sensors show the result."""

    def __init__(self, entry: EyewitnessConfigEntry, description: ButtonEntityDescription) -> None:
        super().__init__(entry, description)
        self._entry = entry

    @override
    async def async_press(self) -> None:
        """Run the self-test; raise ``HomeAssistantError`` that names what failed."""
        result = await self_test.async_test(self.hass, self._entry)
        if result["ok"]:
            return
        failed = [
            f"{row['name']}: {await outcome_texts.async_outcome(self.hass, row['outcome'])}"
            for row in result["providers"]
            if row["outcome"] != OK
        ]
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="self_test_failed",
            translation_placeholders={"failed": ", ".join(failed) or "-"},
        )
