"""Name the flow for each purpose: set-up, reauthentication, options and subentries."""

from typing import override

from homeassistant.config_entries import ConfigEntry, ConfigSubentryFlow
from homeassistant.core import callback

from .const import DOMAIN, SUBENTRY_CAMERA, SUBENTRY_LOOK, SUBENTRY_PROVIDER
from .flows.camera import CameraFlow
from .flows.look import LookFlow
from .flows.options import EyewitnessOptionsFlow
from .flows.provider import ProviderFlow
from .flows.setup import SetupFlow


class EyewitnessConfigFlow(SetupFlow, domain=DOMAIN):
    """The flow of the integration itself: set-up, reauthentication and reconfiguration."""

    VERSION = 1
    MINOR_VERSION = 2

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> EyewitnessOptionsFlow:
        """Return the flow for the order of the providers and the limits."""
        return EyewitnessOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the flow for each kind of subentry, and the one that looks through a camera."""
        return {
            SUBENTRY_PROVIDER: ProviderFlow,
            SUBENTRY_CAMERA: CameraFlow,
            SUBENTRY_LOOK: LookFlow,
        }
