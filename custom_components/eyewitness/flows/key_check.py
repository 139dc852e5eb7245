"""Ask a provider about a key, with a request that costs nothing."""

from dataclasses import dataclass, field

from homeassistant.core import HomeAssistant
from homeassistant.util.ssl import get_default_context

from ..chain import crash, guard, policy
from ..chain.failures import Failure, ProviderError
from ..const import CONF_API_KEY, CONF_BASE_URL, LOGGER
from ..providers import registry
from ..providers.models import offers
from ..providers.models.offers import Offer
from ..providers.spec import Spec
from ..providers.wire.pinning import RefusedAddressError


@dataclass(frozen=True, slots=True)
class KeyCheck:
    """What a provider answered to a key."""

    error: str | None = None
    """The name of an error of the flows; None when the key can be used."""
    offers: list[Offer] = field(default_factory=list)
    """The account's models; empty when it may not list them."""

    @property
    def errors(self) -> dict[str, str]:
        """Return the error where a form shows it: at a field only what is wrong with this field."""
        if self.error is None:
            return {}
        if self.error == "address_refused":
            return {CONF_BASE_URL: self.error}
        return {CONF_API_KEY if self.error.endswith("invalid_auth") else "base": self.error}


async def async_ask(hass: HomeAssistant, spec: Spec) -> KeyCheck:
    """Ask a provider for its models, which shows whether it accepts the key."""
    try:
        provider = await hass.async_add_executor_job(registry.build, spec, get_default_context())
    except registry.LibraryError as err:
        LOGGER.error("The library of %s cannot be used: %s", spec.kind, crash.where(err))
        return KeyCheck("library_unusable")
    try:
        listed = await guard.ask(provider.kind, provider.list_models(), policy.CHECK_SECONDS)
        return KeyCheck(
            offers=await hass.async_add_executor_job(
                offers.offers, spec.kind, listed, spec.base_url, spec.rates
            )
        )
    except RefusedAddressError:
        return KeyCheck("address_refused")
    except ProviderError as err:
        return KeyCheck(_error(spec.kind, err.failure))
    finally:
        await provider.close()


def _error(kind: str, failure: Failure) -> str | None:
    match failure:
        case Failure.AUTH:
            return f"{kind}_invalid_auth"
        case Failure.RATE_LIMIT | Failure.QUOTA | Failure.FORBIDDEN:
            # The vendor knows the key; it may only not list models, or not now.
            return None
        case Failure.TLS:
            return "not_trusted"
        case Failure.NETWORK | Failure.TIMEOUT | Failure.SERVER:
            return "cannot_connect"
        case _:
            return "unexpected_answer"
