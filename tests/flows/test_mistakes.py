"""Type what people type wrongly, into every form and into the action, and read the answers.

Each stands at its field or names it, and says why and what to do; what was typed stays.
"""

from typing import Any, NamedTuple

from homeassistant.exceptions import ServiceValidationError
import pytest

from tests.flows.forms import NOBODY, check_shown, open_add, open_change, open_setup, send
from tests.flows.test_setup import pulled_out
from tests.kit import CAMERA, House
from tests.shown import TEXTS

pytestmark = pytest.mark.usefixtures("camera")

OPENAI = "sk-proj-0123456789"
CLAUDE = "sk-ant-api03-0123456789"
MASK = {"name": "Gate", "left": 10, "top": 10, "right": 20, "bottom": 20}
SHAPE = "10,20 50,20 50,80"


class Mistake(NamedTuple):
    """What is typed, and what the answer has to hold."""

    form: str
    typed: dict[str, Any]
    field: str
    reason: str
    remedy: str


def _setup(field: str, text: str, reason: str, remedy: str) -> Mistake:
    typed: dict[str, Any] = {"openai_api_key": OPENAI, "endpoints": {}}
    (typed if field.endswith("key") else typed["endpoints"])[field] = text
    return Mistake("setup", typed, field, reason, remedy)


def _own_server(reason: str, remedy: str, **typed: Any) -> Mistake:
    server = {"own_server": {"local": False, **typed}, "endpoints": {}}
    return Mistake("setup", server, "own_server", reason, remedy)


def _key(reason: str, remedy: str, **typed: Any) -> Mistake:
    field = "base_url" if "base_url" in typed else "api_key"
    return Mistake("openai", typed, field, reason, remedy)


def _server(reason: str, remedy: str, **typed: Any) -> Mistake:
    return Mistake("server", {"local": False, **typed}, "base_url", reason, remedy)


def _camera(field: str, areas: list[Any], reason: str, remedy: str) -> Mistake:
    typed = {"entity_id": CAMERA, "keep_pictures": True, field: areas}
    return Mistake("camera", typed, field, reason, remedy)


def _call(field: str, value: Any, reason: str, remedy: str) -> Mistake:
    return Mistake("action", {field: value}, field, reason, remedy)


MISTAKES = [
    Mistake("setup", {"endpoints": {}}, "base", "at least one key", "Enter"),
    _setup("openai_api_key", CLAUDE, "key of Anthropic Claude", "Enter the right"),
    _setup("grok_api_key", OPENAI, "key of OpenAI", "Enter the right"),
    _setup("anthropic_api_key", "AIzaSyD0123", "key of Google Gemini", "Enter the right"),
    _setup("gemini_api_key", "xai-0123456789", "key of xAI Grok", "Enter the right"),
    _setup("openai_api_key", "two words", "spaces", "Copy it again"),
    _setup("openai_base_url", "api.example", "has to begin with https", "for example"),
    _setup("openai_base_url", "http://api.example", "others could read your key", "with https"),
    _setup("openai_base_url", "https://me:x@api.example", "user name", "Remove that part"),
    _setup("openai_base_url", "https://api.example/?key=1", "contains a ?", "Remove that"),
    _setup("openai_base_url", "https://api example", "contains a space", "Type it again"),
    _setup("openai_base_url", "https://999.1.1.1", "no server at", "Check the name"),
    _setup("openai_base_url", "https://169.254.169.254", "must not be sent", "Enter the address"),
    _own_server("Enter the address", "for example", base_url="", api_key="key"),
    _own_server("in your own network", "Switch on “Local server”", base_url="http://192.168.1.20"),
    _own_server("others could read", "switch on “Local server”", base_url="http://nas:11434"),
    _own_server("begin with https", "for example", base_url="192.168.1.20:11434"),
    _own_server("does not answer", "try again", base_url=NOBODY, local=True),
    _key("without one", "Enter a key", api_key=""),
    _key("key of Anthropic Claude, not of OpenAI", "add Anthropic Claude", api_key=CLAUDE),
    _key("line breaks", "Copy it again", api_key="sim\nkey"),
    _key("begin with https", "for example", api_key="key", base_url="ftp://api.example"),
    _server("Enter the address", "for example http", base_url=""),
    _server("in your own network", "Switch on “Local server”", base_url="http://10.0.0.2/v1"),
    _server("password", "Remove that part", base_url="http://me:x@10.0.0.2"),
    Mistake("change", {"base_url": "https://b.example"}, "api_key", "another address", "enter"),
    Mistake("change", {"base_url": "b.example"}, "base_url", "begin with https", "for example"),
    Mistake("reauth", {"api_key": " "}, "api_key", "without one", "Enter a key"),
    Mistake("reauth", {"api_key": "two words"}, "api_key", "spaces", "Copy it again"),
    _camera("masks", [MASK, {**MASK, "right": 5}], "Black area 2 (Gate) has no size", "less than"),
    _camera("masks", [MASK] * 51, "at most 50", "Put some together"),
    _camera("polygons", [SHAPE, "10,20"], "Black shape 2", "at least three corners"),
    _camera("polygons", [f"{SHAPE} " * 34], "more than 100 corners", "fewer"),
    _call("entity_id", "light.porch", "light.porch", "one camera"),
    _call("entity_id", [], "is empty", "Choose a camera"),
    _call("entity_id", [CAMERA, "camera.b"], "camera.b", "one camera"),
    _call("prompt", "x" * 2345, "2345 characters, and 2000", "shorter"),
    _call("prompt", ["a"], "one text", "Write plain words"),
    _call("event_context", "x" * 2001, "2001 characters", "shorter"),
    _call("event_context", {"a": 1}, "one text", "Write plain words"),
    _call("providers", [], "names no provider", "Choose at least one"),
    _call("providers", "anthropic", "Anthropic Claude is not one of your providers", "OpenAI"),
    _call("providers", ["openai", "Gmini"], "Gmini is not one", "Google Gemini"),
    _call("language", "xx-zz", "xx-zz", "such as German"),
    _call("language", "zz", "neither the name nor the code", "`de` or `en-GB`"),
    _call("language", "", "neither the name nor the code", "`de` or `en-GB`"),
    _call("detail", "huge", "huge", "low, normal or high"),
    _call("max_tokens", "many", "many", "from 100 to 4000"),
    _call("max_tokens", 5, "says 5", "from 100 to 4000"),
    _call("timeout", 600, "600", "from 5 to 180"),
    _call("tmeout", 60, "no field", "timeout"),
]
PATHS = {
    "setup": "config.error",
    "reauth": "config.error",
    "openai": "config_subentries.provider.error",
    "server": "config_subentries.provider.error",
    "change": "config_subentries.provider.error",
    "camera": "config_subentries.camera.error",
}


async def _open(house: House, name: str) -> Any:
    """Open a form."""
    match name:
        case "setup":
            return await open_setup(house)
        case "openai" | "server":
            kind = "openai_compatible" if name == "server" else name
            return await send(house, await open_add(house, "provider"), next_step_id=kind)
        case "change":
            return await open_change(house, house.provider("OpenAI").subentry_id)
        case "camera":
            return await open_add(house, "camera")
        case _:
            return await house.entry_for_tests.start_reauth_flow(house.hass)


async def answer(house: House, mistake: Mistake) -> str:
    """Make a mistake and return what is said about it."""
    if mistake.form == "action":
        await house.set_up("openai", "gemini")
        with pytest.raises(ServiceValidationError) as raised:
            await house.describe(**mistake.typed)
        key = f"exceptions.{raised.value.translation_key}.message"
        return TEXTS[key].format(**(raised.value.translation_placeholders or {}))
    if mistake.form == "reauth":
        await house.set_up(house.subentry("openai", ciphertext="lost"))
    elif mistake.form != "setup":
        await house.set_up("openai" if mistake.form == "change" else "gemini")
    form = await send(house, await _open(house, mistake.form), **mistake.typed)
    errors = form["errors"]
    assert errors.keys() - {"base"} == {mistake.field} - {"base"}
    if mistake.form != "reauth":  # a key is typed once more
        check_shown(
            form, pulled_out(mistake.typed, errors) if mistake.form == "setup" else mistake.typed
        )
    text = TEXTS[f"{PATHS[mistake.form]}.{errors[mistake.field]}"]
    return text.format(**(form["description_placeholders"] or {}))


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
async def test_each_answer_says_where_why_and_what_to_do(house: House, mistake: Mistake) -> None:
    """It stands at its field; the action's names it."""
    text = await answer(house, mistake)
    assert mistake.reason in text
    assert mistake.remedy in text
    if mistake.form == "action" and mistake.reason != "no field":
        assert mistake.field in text or mistake.field == "providers"
    # Nobody was asked: what cannot be right costs nothing.
    assert house.sim.requests() == []


def test_there_are_enough() -> None:
    """At least thirty, and something for every field of the action."""
    assert len(MISTAKES) >= 30
    called = {mistake.field for mistake in MISTAKES if mistake.form == "action"}
    assert called >= {"entity_id", "prompt", "event_context", "providers", "language", "detail"}
    assert called >= {"max_tokens", "timeout"}
