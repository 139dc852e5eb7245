"""Offer the self-test and a description of each camera as buttons."""

from typing import Final, override

from homeassistant.components import persistent_notification
from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized, UnknownUser
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .entity import CameraEntity, EyewitnessEntity, async_add_for_cameras
from .flows import test_report
from .flows.test_report import Report
from .pipeline import self_test
from .pipeline.look import async_look
from .pipeline.permission import async_check_view
from .runtime import EyewitnessConfigEntry

PARALLEL_UPDATES = 0  # who presses one that is at work joins that test or description

TEST_CHAIN: Final = ButtonEntityDescription(key="test_chain", translation_key="test_chain")
NOTIFICATION_ID: Final = f"{DOMAIN}_test"
"""There is one notification about the last test."""

DESCRIBE: Final = ButtonEntityDescription(key="describe", translation_key="describe")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EyewitnessConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the button of Eyewitness and those of the cameras."""
    async_add_entities([TestChainButton(entry, TEST_CHAIN)])
    async_add_for_cameras(
        hass, entry, async_add_entities, lambda camera: [DescribeButton(entry, DESCRIBE, camera)]
    )


class TestChainButton(EyewitnessEntity, ButtonEntity):
    """The button that tests all providers and shows the result as a notification."""

    def __init__(self, entry: EyewitnessConfigEntry, description: ButtonEntityDescription) -> None:
        super().__init__(entry, description)
        self._entry = entry

    @override
    async def async_press(self) -> None:
        """Run the self-test; raise ``HomeAssistantError`` that names what failed."""
        await self._async_check_right()
        self._notify(await test_report.async_running(self.hass))
        try:
            result = await self_test.async_test(self.hass, self._entry)
        except BaseException:
            persistent_notification.async_dismiss(self.hass, NOTIFICATION_ID)
            raise
        report = await test_report.async_report(self.hass, result)
        self._notify(report)
        if not result["ok"]:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="self_test_failed",
                translation_placeholders={"failed": report.trouble},
            )

    def _notify(self, report: Report) -> None:
        persistent_notification.async_create(
            self.hass, report.message, report.title, NOTIFICATION_ID
        )

    async def _async_check_right(self) -> None:
        """Refuse a user who is no administrator: a test costs money, as the action does."""
        context = self._context  # the press's own, until something is awaited
        if context is None or context.user_id is None:
            return  # an automation
        user = await self.hass.auth.async_get_user(context.user_id)
        if user is None:
            raise UnknownUser(context=context, entity_id=self.entity_id)
        if not user.is_admin:
            raise Unauthorized(context=context, entity_id=self.entity_id)


class DescribeButton(CameraEntity, ButtonEntity):
    """The button that describes what its camera sees now, as an event would."""

    @override
    async def async_press(self) -> None:
        """Describe the camera; raise ``HomeAssistantError`` when there is no description."""
        context = self._context or Context()  # the press's own, until something is awaited
        camera_id = self.camera_id
        await async_check_view(self.hass, context, camera_id)
        await async_look(self.hass, self._entry, camera_id, context)
