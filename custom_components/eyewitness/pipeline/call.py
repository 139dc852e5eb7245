"""Read a call of the action, and say in our own words what is wrong with it."""

from collections.abc import Mapping
import re
from typing import Any, Final

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..chain import policy
from ..chain.text import clean
from ..const import CONF_DETAIL, CONF_KIND, DOMAIN, NAMES
from ..pictures.size import Detail
from ..runtime.outcome_texts import kind_name, listed
from ..runtime.settings import Settings

TEXT_MAX: Final = 2000
"""Characters of a prompt or context: more would push the picture's own story aside."""
TOKENS_MIN: Final = 100
TOKENS_MAX: Final = 4000
_LANGUAGE_MAX: Final = 50
_SHOWN_CHARS: Final = 60
"""Of what was written, in an error."""
_CODE: Final = re.compile(r"([a-z]{2})([-_][a-z0-9]{2,8})*", re.IGNORECASE)
"""What is meant as the code of a language; names such as German are for the model to know."""
_CODES: Final = (
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da "
    "de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy "
    "hz ia id ie ig ii ik io is it iu iw ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb "
    "lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om "
    "or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv "
    "sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
"""ISO 639-1, with ``iw`` and ``sh`` that some still write. Not Home Assistant's own list: that has
only what its pages are translated into."""


def _language(value: object) -> str:
    """Return a language as it was written; raise ``vol.Invalid`` for a code that nobody has."""
    text = cv.string(value).strip()
    # YAML makes a false of Norwegian that stands there without quotation marks.
    is_text = any(map(str.isalpha, text)) and not isinstance(value, bool)
    code = _CODE.fullmatch(text)
    is_known = code is None or code[1].lower() in _CODES
    if not (is_text and is_known and 1 < len(text) <= _LANGUAGE_MAX):
        raise vol.Invalid("language")
    return text


def _text(value: object) -> str:
    text = cv.string(value)
    if len(text) > TEXT_MAX:
        raise vol.LengthInvalid("text")
    return text


SCHEMA: Final = vol.Schema(
    {
        vol.Required(ATTR_ENTITY_ID): vol.All(
            cv.ensure_list, vol.Length(min=1, max=1), [cv.entity_domain(["camera", "image"])]
        ),
        vol.Optional("prompt", default=""): _text,
        vol.Optional("event_context", default=""): _text,
        vol.Optional("providers"): vol.All(cv.ensure_list, vol.Length(min=1), [cv.string]),
        vol.Optional("language"): _language,
        vol.Optional(CONF_DETAIL): vol.Coerce(Detail),
        vol.Optional("max_tokens", default=policy.MAX_TOKENS): vol.All(
            vol.Coerce(int), vol.Range(min=TOKENS_MIN, max=TOKENS_MAX)
        ),
        vol.Optional("timeout"): vol.All(
            vol.Coerce(float),
            vol.Range(min=policy.TOTAL_SECONDS_MIN, max=policy.TOTAL_SECONDS_MAX),
        ),
    }
)
_FIELDS: Final = tuple(str(name) for name in SCHEMA.schema)
_WRONG: Final[Mapping[str, dict[str, str]]] = {
    "max_tokens": {"least": str(TOKENS_MIN), "most": str(TOKENS_MAX)},
    "timeout": {
        "least": f"{policy.TOTAL_SECONDS_MIN:g}",
        "most": f"{policy.TOTAL_SECONDS_MAX:g}",
    },
    "prompt": {"most": str(TEXT_MAX)},
    "event_context": {"most": str(TEXT_MAX)},
}
"""What the text about a wrong field says besides what was written."""


def read(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a call; raise ``ServiceValidationError`` for the first wrong one."""
    try:
        fields: dict[str, Any] = SCHEMA(dict(data))
    except vol.MultipleInvalid as err:
        raise _fault(data, str(err.errors[0].path[0])) from err
    return fields


def check_empty(data: Mapping[str, Any]) -> None:
    """Raise ``ServiceValidationError`` for a call that has a field, of an action without any."""
    for name in data:
        raise mistake("call_no_fields", field=shown(name))


def provider_ids(
    hass: HomeAssistant, settings: Settings, names: list[str] | None
) -> tuple[str, ...] | None:
    """Return the subentry ids that a call names, in its order, each provider once.

    A name is that of a provider, of its kind, or its subentry id; raises
    ``ServiceValidationError`` for one that is none of these.
    """
    if names is None:
        return None
    found: dict[str, None] = {}
    for name in names:
        wanted = name.strip().casefold()
        matches = [
            key
            for key in settings.order
            if wanted in {each.casefold() for each in _names(settings, key)}
        ]
        if not matches:
            titles = listed(hass, (settings.providers[key].title for key in settings.order))
            wrong = kind_name(hass, name) if name in NAMES else shown(name)
            raise mistake("provider_not_found", provider=wrong, present=titles)
        found.update(dict.fromkeys(matches))
    return tuple(found)


def _names(settings: Settings, key: str) -> tuple[str, str, str]:
    provider = settings.providers[key]
    return key, str(provider.data[CONF_KIND]), provider.title


def _fault(data: Mapping[str, Any], name: str) -> ServiceValidationError:
    if name not in _FIELDS:
        return mistake("call_unknown_field", field=shown(name), fields=", ".join(_FIELDS))
    if name == ATTR_ENTITY_ID and not data.get(name):
        return mistake("call_no_camera")
    value = data[name]
    key = f"call_{name}"
    if isinstance(value, str) and len(value) > TEXT_MAX and name in {"prompt", "event_context"}:
        return mistake(f"{key}_long", length=str(len(value)), **_WRONG[name])
    if name in {"prompt", "event_context"}:
        return mistake(key)
    return mistake(key, value=shown(value), **_WRONG.get(name, {}))


def shown(value: object) -> str:
    """Return what was written as an error may show it."""
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    return clean(str(value), _SHOWN_CHARS) or '""'


def mistake(key: str, **placeholders: str) -> ServiceValidationError:
    """Return the error of a caller, by its text."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )
