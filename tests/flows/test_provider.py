"""Add and change one provider as a person would."""

from ipaddress import ip_address
import os
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import get_schema_suggested_value

from custom_components.eyewitness.const import KINDS
from custom_components.eyewitness.keys import master_key, vault
from custom_components.eyewitness.providers.wire import pinning
from tests.kit import FakeCamera, House, Kind, pick
from tests.simulator import Model, Simulator, Vendor
from tests.tls import untrusted

COMPATIBLE: Kind = "openai_compatible"
NOBODY = "http://127.0.0.1:1"
"""Nothing listens there."""


async def open_form(hass: HomeAssistant, house: House) -> Any:
    """Open the form that adds a provider."""
    form = await hass.config_entries.subentries.async_init(
        (house.entry.entry_id, "provider"), context={"source": SOURCE_USER}
    )
    assert form["type"] is FlowResultType.FORM
    assert form["step_id"] == "user"
    assert form["errors"] == {}
    return form


async def open_change(hass: HomeAssistant, house: House, title: str) -> Any:
    """Open the form that changes a provider."""
    form = await house.entry_for_tests.start_subentry_reconfigure_flow(
        hass, house.provider(title).subentry_id
    )
    assert form["type"] is FlowResultType.FORM
    assert form["step_id"] == "reconfigure"
    return form


async def send(hass: HomeAssistant, form: Any, **user_input: Any) -> Any:
    """Send a form."""
    result = await hass.config_entries.subentries.async_configure(form["flow_id"], user_input)
    await hass.async_block_till_done()
    return result


async def choose(hass: HomeAssistant, menu: Any, option: str) -> Any:
    """Choose from a menu."""
    assert menu["type"] is FlowResultType.MENU
    assert option in menu["menu_options"]
    return await send(hass, menu, next_step_id=option)


async def finish(hass: HomeAssistant, form: Any, model: str = "auto") -> Any:
    """Choose a model and save."""
    assert form["step_id"] == "model"
    return await choose(hass, await send(hass, form, model=model), "save")


def vendor_of(kind: Kind) -> Vendor:
    """Return which part of the simulator stands for a kind."""
    return "openai" if kind == "openai_compatible" else kind


def new(sim: Simulator, kind: Kind, **changes: Any) -> dict[str, Any]:
    """Return what is typed to add a provider."""
    advanced = {
        "base_url": changes.pop("base_url", sim.urls.base(vendor_of(kind))),
        "local": changes.pop("local", kind == COMPATIBLE),
    }
    return {
        "kind": kind,
        "api_key": sim.keys[vendor_of(kind)],
        **changes,
        "advanced": advanced,
    }


def changed(sim: Simulator, kind: Kind, **changes: Any) -> dict[str, Any]:
    """Return what is typed to change a provider; the key field is empty."""
    return {n: v for n, v in new(sim, kind, **changes).items() if n in {*changes, "advanced"}}


def suggested(form: Any, *path: str) -> Any:
    """Return what a field shows."""
    schema = form["data_schema"].schema
    for name in path[:-1]:
        schema = schema[name].schema.schema
    return get_schema_suggested_value(schema, path[-1])


def options(form: Any) -> dict[str, str]:
    """Return the models to choose from, with their labels."""
    (selector,) = form["data_schema"].schema.values()
    assert selector.config["custom_value"] is True
    return {option["value"]: option["label"] for option in selector.config["options"]}


def key_of(hass: HomeAssistant, house: House, title: str) -> str:
    """Return a provider's key."""
    opened = master_key.load(Path(hass.config.config_dir), os.environ)
    return opened.decrypt(house.provider(title).data["api_key"])


@pytest.mark.parametrize("kind", KINDS)
async def test_a_provider_is_added(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera, kind: Kind
) -> None:
    """It is checked for free, stored encrypted, and asked from then on."""
    await house.set_up("anthropic" if kind == "gemini" else "gemini")
    form = await send(hass, await open_form(hass, house), **new(sim, kind))
    model = "gpt-4o-mini" if kind == COMPATIBLE else "auto"
    menu = await send(hass, form, model=model)
    assert menu["step_id"] == "ready"
    assert menu["menu_options"] == ["save", "test", "model"]
    assert menu["description_placeholders"] == {"model": model}
    assert len(house.entry.subentries) == 1
    result = await choose(hass, menu, "save")

    assert result["type"] is FlowResultType.CREATE_ENTRY
    key = sim.keys[vendor_of(kind)]
    data = dict(house.provider(kind).data)
    assert vault.sealed(data.pop("api_key"))
    assert data == {
        "kind": kind,
        "model": model,
        "base_url": sim.urls.base(vendor_of(kind)),
        "local": kind == COMPATIBLE,
    }
    assert key not in str(house.entry.as_dict())
    assert key_of(hass, house, kind) == key
    assert [request.endpoint for request in sim.requests()] == ["models"]
    assert (await house.describe(providers=kind))["provider"] == kind


async def test_a_server_of_ones_own_needs_no_key(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """No key is made up and sent for one that is not there."""
    await house.set_up("gemini")
    sent: list[web.Request] = []

    async def models(request: web.Request) -> web.Response:
        sent.append(request)
        return web.json_response({"object": "list", "data": [{"id": "llava", "object": "model"}]})

    app = web.Application()
    app.router.add_get("/v1/models", models)
    async with TestServer(app) as server:
        url = str(server.make_url("/v1"))
        typed = new(sim, COMPATIBLE, base_url=f"{url}/")
        del typed["api_key"]
        form = await send(hass, await open_form(hass, house), **typed)
        assert options(form) == {"auto": "auto", "llava": "llava"}
        result = await finish(hass, form)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert [request.headers.get("Authorization") for request in sent] == [None]
    assert key_of(hass, house, COMPATIBLE) == ""
    assert house.provider(COMPATIBLE).data["base_url"] == url
    assert house.order == ["gemini", COMPATIBLE]


@pytest.mark.parametrize(
    ("kind", "changes", "errors"),
    [
        ("openai", {"api_key": "wrong-key"}, {"api_key": "openai_invalid_auth"}),
        ("grok", {"api_key": "wrong-key"}, {"api_key": "grok_invalid_auth"}),
        ("gemini", {"api_key": "wrong-key"}, {"api_key": "gemini_invalid_auth"}),
        ("anthropic", {"api_key": "wrong-key"}, {"api_key": "anthropic_invalid_auth"}),
        (COMPATIBLE, {"api_key": "wrong"}, {"api_key": "openai_compatible_invalid_auth"}),
        (COMPATIBLE, {"api_key": ""}, {"api_key": "openai_compatible_invalid_auth"}),
        ("openai", {"base_url": "http://127.0.0.1:1"}, {"base": "cannot_connect"}),
        (COMPATIBLE, {"base_url": "http://127.0.0.1:1"}, {"base": "cannot_connect"}),
    ],
)
async def test_what_is_wrong_is_told_and_can_be_mended(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    kind: Kind,
    changes: dict[str, str],
    errors: dict[str, str],
) -> None:
    """What was typed is shown again, nothing is stored, and the form can be sent again."""
    await house.set_up(house.subentry("grok", title="Other", api_key="other-key"))
    typed = new(sim, kind, **changes)
    form = await send(hass, await open_form(hass, house), **typed)
    assert form["type"] is FlowResultType.FORM
    assert form["errors"] == errors
    assert (suggested(form, "kind"), suggested(form, "api_key")) == (kind, typed["api_key"])
    assert suggested(form, "advanced", "base_url") == typed["advanced"]["base_url"]
    assert suggested(form, "advanced", "local") is (kind == COMPATIBLE)
    assert len(house.entry.subentries) == 1

    result = await finish(hass, await send(hass, form, **new(sim, kind)))
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("kind", "changes", "errors"),
    [
        ("openai", {"api_key": "sim key"}, {"api_key": "key_malformed"}),
        ("openai", {"api_key": "sim\r\nX: 1"}, {"api_key": "key_malformed"}),
        ("openai", {"api_key": "  "}, {"api_key": "key_missing"}),
        ("openai", {"base_url": "http://example.com"}, {"base": "url_invalid"}),
        ("openai", {"base_url": "http://169.254.169.254/v1"}, {"base": "url_invalid"}),
        (COMPATIBLE, {"base_url": " "}, {"base": "url_missing"}),
        (COMPATIBLE, {"local": False}, {"base": "url_invalid"}),
        (COMPATIBLE, {"base_url": "http://169.254.169.254/v1"}, {"base": "url_invalid"}),
    ],
)
async def test_row_73_what_cannot_be_right_is_not_sent(
    hass: HomeAssistant,
    house: House,
    sim: Simulator,
    kind: Kind,
    changes: dict[str, Any],
    errors: dict[str, str],
) -> None:
    """Nobody is asked about it: above all not this machine, without the switch for that."""
    await house.set_up("gemini")
    form = await send(hass, await open_form(hass, house), **new(sim, kind, **changes))
    assert form["errors"] == errors
    assert sim.requests() == []


async def test_row_73_a_name_that_leads_into_the_house_is_refused(
    hass: HomeAssistant, house: House, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What looks like the internet and is not gets no request; with the switch on it may be."""
    await house.set_up("gemini")
    found: list[str] = []

    async def resolve(name: str) -> list[pinning.Address]:
        found.append(name)
        return [ip_address("127.0.0.1")]

    monkeypatch.setattr(pinning, "_resolve", resolve)
    port = sim.urls.openai.split(":")[2].partition("/")[0]
    typed = new(sim, COMPATIBLE, base_url=f"https://llm.example:{port}/openai/v1", local=False)
    form = await send(hass, await open_form(hass, house), **typed)
    assert form["errors"] == {"base": "address_refused"}
    assert (found, sim.requests()) == (["llm.example"], [])

    typed = new(sim, COMPATIBLE, base_url=f"http://llm.example:{port}/openai/v1")
    assert (await send(hass, form, **typed))["step_id"] == "model"
    assert len(sim.requests()) == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "html"}, "unexpected_answer"),
        ({"kind": "redirect", "location": "http://127.0.0.1:1/"}, "unexpected_answer"),
        ({"kind": "server_error"}, "cannot_connect"),
        ({"kind": "reset"}, "cannot_connect"),
    ],
)
async def test_who_is_there_but_is_not_the_vendor(
    hass: HomeAssistant, house: House, sim: Simulator, fault: dict[str, Any], error: str
) -> None:
    """A hotel's login page or a proxy answers in a vendor's place."""
    await house.set_up("gemini")
    sim.fail("openai", endpoint="models", repeat=True, **fault)
    form = await send(hass, await open_form(hass, house), **new(sim, "openai"))
    assert form["errors"] == {"base": error}
    assert len(house.entry.subentries) == 1


async def test_row_36_an_untrusted_connection_is_told(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """A certificate that does not fit is no wrong key; the connection is not made without it."""
    await house.set_up("gemini")
    with untrusted() as server:
        typed = new(sim, COMPATIBLE, base_url=server.url)
        form = await send(hass, await open_form(hass, house), **typed)
        assert form["errors"] == {"base": "not_trusted"}
        assert server.requests == []


async def test_a_key_that_may_not_list_models_is_good(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """Auto and an id of one's own remain to choose from."""
    await house.set_up("gemini")
    sim.fail("openai", "status", status=403, endpoint="models", repeat=True)
    form = await send(hass, await open_form(hass, house), **new(sim, "openai"))
    assert options(form) == {"auto": "auto"}
    assert form["description_placeholders"] == {"count": "0"}
    result = await finish(hass, form, " gpt-4.1-mini ")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert house.provider("openai").data["model"] == "gpt-4.1-mini"


async def test_models_are_shown_with_prices_and_those_that_see_first(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """What draws or embeds is left out, and so is what is known to be blind."""
    await house.set_up("gemini")
    sim.set_models(
        "openai",
        [Model(id="unheard-of"), *sim.models("openai"), Model(id="gpt-4.1")],
    )
    form = await send(hass, await open_form(hass, house), **new(sim, "openai"))
    shown = options(form)
    assert list(shown) == [
        "auto",
        "gpt-4o-mini",
        "gpt-6-luna",
        "gpt-5.6-luna",
        "gpt-4.1-mini",
        "gpt-4.1",
        "unheard-of",
    ]
    assert shown["gpt-4o-mini"] == "gpt-4o-mini (0.15 / 0.6 USD)"
    assert shown["unheard-of"] == "unheard-of"
    assert form["description_placeholders"] == {"count": "6"}
    assert suggested(form, "model") == "auto"


@pytest.mark.parametrize(("typed", "stored"), [("gpt-4.1", "gpt-4.1"), ("  ", "auto")])
async def test_a_model_can_be_typed(
    hass: HomeAssistant, house: House, sim: Simulator, typed: str, stored: str
) -> None:
    """Spaces are no model, and what was chosen is shown when it is to be chosen again."""
    await house.set_up("gemini")
    form = await send(hass, await open_form(hass, house), **new(sim, "openai"))
    menu = await send(hass, form, model=typed)
    assert menu["description_placeholders"] == {"model": stored}
    form = await choose(hass, menu, "model")
    assert suggested(form, "model") == stored
    await finish(hass, form, stored)
    assert house.provider("openai").data["model"] == stored


async def test_row_71_the_same_account_twice_is_refused(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """It would only be asked, and fail, twice. A provider whose key is lost is no obstacle."""
    await house.set_up(house.subentry("openai", ciphertext="lost", title="Lost"), "openai")
    for slash in ("", "/"):
        typed = new(sim, "openai", base_url=sim.urls.openai + slash)
        result = await send(hass, await open_form(hass, house), **typed)
        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "already_configured"
    assert len(house.entry.subentries) == 2
    assert sim.requests() == []


async def test_a_second_account_gets_a_number(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """Two accounts, or the same key at another address, are different providers."""
    await house.set_up("openai")
    for key in ("second-key", "third-key"):
        sim.set_key("openai", key)
        await finish(hass, await send(hass, await open_form(hass, house), **new(sim, "openai")))
    async with Simulator() as other:
        other.set_key("openai", "third-key")
        typed = new(sim, "openai", base_url=other.urls.openai)
        await finish(hass, await send(hass, await open_form(hass, house), **typed))
    titles = [subentry.title for subentry in house.entry.subentries.values()]
    assert titles == ["OpenAI", "OpenAI 2", "OpenAI 3", "OpenAI 4"]


async def test_an_unusable_master_key_is_told(
    hass: HomeAssistant, house: House, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both forms say so, ask nobody, and can be sent again."""
    await house.set_up("openai")
    before = house.provider("openai").data
    add = await open_form(hass, house)
    change = await open_change(hass, house, "OpenAI")
    monkeypatch.setenv(vault.ENV_KEY, "not a key")
    add = await send(hass, add, **new(sim, "grok"))
    change = await send(hass, change, **changed(sim, "openai", api_key="any"))
    assert add["errors"] == change["errors"] == {"base": "master_key_unusable"}
    assert sim.requests() == []
    assert house.provider("openai").data == before

    monkeypatch.delenv(vault.ENV_KEY)
    change = await send(hass, change, **changed(sim, "openai"))
    assert (await finish(hass, change))["type"] is FlowResultType.ABORT
    add = await send(hass, add, **new(sim, "grok"))
    assert (await finish(hass, add))["type"] is FlowResultType.CREATE_ENTRY


async def test_a_change_keeps_the_key_when_its_field_is_empty(
    hass: HomeAssistant, house: House, sim: Simulator, camera: FakeCamera
) -> None:
    """Model, address and switch are shown as they are, the key never is."""
    await house.set_up(house.subentry(COMPATIBLE, model="gpt-4o-mini", title="Mine"))
    form = await open_change(hass, house, "Mine")
    assert (form["description_placeholders"] or {})["provider"] == "Mine"
    assert suggested(form, "api_key") is None
    assert suggested(form, "advanced", "base_url") == sim.urls.openai
    assert suggested(form, "advanced", "local") is True

    form = await send(hass, form, **changed(sim, COMPATIBLE))
    assert suggested(form, "model") == "gpt-4o-mini"
    result = await finish(hass, form, "gpt-4.1-mini")
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    assert key_of(hass, house, "Mine") == sim.keys["openai"]
    assert pick(await house.usage(), "id") == []
    assert (await house.describe())["model"] == "gpt-4.1-mini"


async def test_key_and_address_can_be_changed(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """A wrong one is refused and nothing is stored; a right one is, encrypted."""
    await house.set_up("openai")
    before = house.provider("openai").data
    sim.set_key("openai", "second-key")
    form = await open_change(hass, house, "OpenAI")
    form = await send(hass, form, **changed(sim, "openai", api_key="wrong-key"))
    assert form["errors"] == {"api_key": "openai_invalid_auth"}
    form = await send(hass, form, **changed(sim, "openai", base_url="ftp://example.com"))
    assert form["errors"] == {"base": "url_invalid"}

    async with Simulator() as other:
        other.set_key("openai", "second-key")
        typed = changed(sim, "openai", api_key=" second-key ", base_url=f" {other.urls.openai}/ ")
        form = await send(hass, form, **typed)
        assert house.provider("openai").data == before
        result = await finish(hass, form)
    assert result["reason"] == "reconfigure_successful"
    assert house.provider("openai").data["base_url"] == other.urls.openai
    assert key_of(hass, house, "openai") == "second-key"
    assert "second-key" not in str(house.entry.as_dict())


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/openai/v1",
        "http://127.0.0.1:1/openai/v1",
        "https://127.0.0.1:{port}/openai/v1",
        "",
    ],
    ids=["host", "port", "scheme", "the company itself"],
)
async def test_a_stored_key_goes_to_no_other_server(
    hass: HomeAssistant, house: House, sim: Simulator, url: str
) -> None:
    """Whoever may change the address could read the key otherwise, which is shown to nobody."""
    await house.set_up("openai")
    before = house.provider("openai").data
    port = sim.urls.openai.split(":")[2].partition("/")[0]
    typed = changed(sim, "openai", base_url=url.format(port=port))
    form = await send(hass, await open_change(hass, house, "OpenAI"), **typed)
    assert form["errors"] == {"api_key": "key_again"}
    assert suggested(form, "advanced", "base_url") == typed["advanced"]["base_url"]
    assert sim.requests() == []
    assert house.provider("openai").data == before


async def test_a_stored_key_stays_for_another_path_of_its_server(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """It has been there before."""
    await house.set_up("openai")
    path = f"{sim.urls.openai}/nobody"
    form = await send(
        hass,
        await open_change(hass, house, "OpenAI"),
        **changed(sim, "openai", base_url=path),
    )
    assert form["errors"] == {"base": "unexpected_answer"}
    form = await send(hass, form, **changed(sim, "openai"))
    assert (await finish(hass, form))["reason"] == "reconfigure_successful"


async def test_a_server_without_a_key_may_move(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """There is nothing to give away."""
    await house.set_up(house.subentry(COMPATIBLE, api_key="", title="Mine", base_url=NOBODY))
    typed = changed(sim, COMPATIBLE)
    form = await send(hass, await open_change(hass, house, "Mine"), **typed)
    assert form["errors"] == {"api_key": "openai_compatible_invalid_auth"}
    assert [request.key for request in sim.requests()] == ["missing"]


async def test_a_lost_key_has_to_be_typed_anew(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """An empty field cannot keep what cannot be decrypted."""
    await house.set_up(house.subentry("openai", ciphertext="lost"))
    form = await open_change(hass, house, "OpenAI")
    form = await send(hass, form, **changed(sim, "openai"))
    assert form["errors"] == {"api_key": "key_lost"}
    assert sim.requests() == []
    form = await send(hass, form, **changed(sim, "openai", api_key=sim.keys["openai"]))
    assert (await finish(hass, form))["reason"] == "reconfigure_successful"
    assert house.order == ["openai"]


async def test_row_71_a_change_into_another_account_is_refused(
    hass: HomeAssistant, house: House, sim: Simulator
) -> None:
    """The provider itself is no duplicate of itself; another one is."""
    other = "http://127.0.0.1:1"
    await house.set_up("openai", house.subentry("openai", title="Other", base_url=other))
    form = await open_change(hass, house, "Other")
    result = await send(hass, form, **changed(sim, "openai", api_key=sim.keys["openai"]))
    assert result["reason"] == "already_configured"
    assert house.provider("Other").data["base_url"] == other
