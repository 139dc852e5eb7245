"""Name what several modules share."""

from logging import getLogger
from typing import Final

DOMAIN: Final = "eyewitness"
LOGGER = getLogger(__package__)

OPENAI: Final = "openai"
GROK: Final = "grok"
GEMINI: Final = "gemini"
ANTHROPIC: Final = "anthropic"

COMPATIBLE: Final = "openai_compatible"

VENDORS: Final = (OPENAI, GROK, GEMINI, ANTHROPIC)
"""The companies, in the default order of the chain (required: AC8)."""
KINDS: Final = (*VENDORS, COMPATIBLE)
"""All kinds of providers, in the default order."""

NAMES: Final = {
    OPENAI: "OpenAI",
    GROK: "xAI Grok",
    GEMINI: "Google Gemini",
    ANTHROPIC: "Anthropic Claude",
    COMPATIBLE: "OpenAI-compatible server",
}

BASE_URLS: Final = {
    OPENAI: "https://api.openai.com/v1",
    GROK: "https://api.x.ai/v1",
    GEMINI: "https://generativelanguage.googleapis.com",
    ANTHROPIC: "https://api.anthropic.com",
}
"""Where the companies' own APIs begin (their API references); a user's address replaces it."""

SUBENTRY_PROVIDER: Final = "provider"
SUBENTRY_CAMERA: Final = "camera"
SUBENTRY_LOOK: Final = "look"
"""No subentry is ever stored under it: its flow looks through a camera, and that is all."""

CONF_KIND: Final = "kind"
CONF_API_KEY: Final = "api_key"
CONF_MODEL: Final = "model"
CONF_BASE_URL: Final = "base_url"
CONF_LOCAL: Final = "local"
CONF_PRICE_INPUT: Final = "price_input"
CONF_PRICE_OUTPUT: Final = "price_output"
CONF_PROVIDER_ORDER: Final = "provider_order"
CONF_TOTAL_SECONDS: Final = "total_seconds"
CONF_ATTEMPT_SECONDS: Final = "attempt_seconds"
CONF_HEDGE_SECONDS: Final = "hedge_seconds"
CONF_COOLDOWN_SECONDS: Final = "cooldown_seconds"
CONF_RETENTION_DAYS: Final = "retention_days"
CONF_HISTORY_DAYS: Final = "history_days"
CONF_HISTORY_MEGABYTES: Final = "history_megabytes"
CONF_BUDGET: Final = "budget"
CONF_RESERVE_CAMERAS: Final = "reserve_cameras"
CONF_RESERVE_PERCENT: Final = "reserve_percent"
CONF_ENTITY_ID: Final = "entity_id"
CONF_REGISTRY_ID: Final = "registry_id"
CONF_MASKS: Final = "masks"
CONF_POLYGONS: Final = "polygons"
CONF_ALLOWED: Final = "allowed_providers"
CONF_DETAIL: Final = "detail"
CONF_KEEP: Final = "keep_pictures"
CONF_SAME_SCENE: Final = "same_scene"
CONF_ALSO: Final = "also"
CONF_FORMER: Final = "former"
CONF_LEFT_OUT: Final = "left_out"
CONF_WAKE: Final = "wake"
CONF_WAKE_ENTITY: Final = "wake_entity"
CONF_WAKE_REGISTRY_ID: Final = "wake_registry_id"
CONF_WAKE_SECONDS: Final = "wake_seconds"

EVENT_DESCRIBED: Final = "eyewitness_event_described"
EVENT_FAILED: Final = "eyewitness_event_failed"
EVENT_BUDGET: Final = "eyewitness_budget"

MASKS_PATH: Final = "eyewitness-masks"
"""The page of the front end on which black areas are drawn."""

DATABASE: Final = "eyewitness.db"
"""The ledger's file in the config folder."""

LAST_PICTURE_KEY: Final = "last_picture"
"""Ends the unique id of the entity that shows a camera's last picture."""
