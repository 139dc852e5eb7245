"""Say which flow serves what: set-up, reauthentication, options and subentries."""

from typing import override

from homeassistant.config_entries import ConfigEntry, ConfigSubentryFlow
from homeassistant.core import callback

from .const import DOMAIN, SUBENTRY_CAMERA, SUBENTRY_PROVIDER
from .flows.camera import CameraFlow
from .flows.options import EyewitnessOptionsFlow
from .flows.provider import ProviderFlow
from .flows.setup import SetupFlow


class EyewitnessConfigFlow(SetupFlow, domain=DOMAIN):
    """Ask for the keys."""

    VERSION = 1
    MINOR_VERSION = 2

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> EyewitnessOptionsFlow:
        """Return the flow that sorts the providers."""
        return EyewitnessOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the kinds of subentries: a provider, and a camera with wishes of its own."""
        return {SUBENTRY_PROVIDER: ProviderFlow, SUBENTRY_CAMERA: CameraFlow}
