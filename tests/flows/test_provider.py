"""Add and change one provider as a person would."""

from typing import Any
from unittest.mock import ANY

import pytest

from custom_components.eyewitness.const import KINDS
from custom_components.eyewitness.keys import master_key
from custom_components.eyewitness.runtime.markdown import plain
from tests.flows.forms import (
    NOBODY,
    check_shown,
    key_of,
    open_add,
    open_change,
    send,
    suggested,
    vendor_of,
)
from tests.kit import House, Kind
from tests.simulator import Model, Simulator

pytestmark = pytest.mark.usefixtures("camera")

COMPATIBLE: Kind = "openai_compatible"


def typed(house: House, kind: Kind, **changes: Any) -> dict[str, Any]:
    """Return what is typed to add a provider."""
    vendor = vendor_of(kind)
    local = {"local": True} if kind == COMPATIBLE else {}
    good = {"api_key": house.sim.keys[vendor], "base_url": house.sim.urls.base(vendor), **local}
    return good | changes


async def add(house: House, kind: Kind, **changes: Any) -> Any:
    """Open the form that adds a provider and send it."""
    menu = await open_add(house, "provider")
    assert (menu["step_id"], menu["menu_options"]) == ("user", list(KINDS))
    form = await choose(house, menu, kind)
    assert (form["type"], form["errors"]) == ("form", {})
    return await send(house, form, **typed(house, kind, **changes))


async def resend(house: House, form: Any, kind: Kind, **changes: Any) -> Any:
    """Send the form that changes a provider; the key field is empty unless it is changed."""
    user_input = typed(house, kind, **changes)
    user_input["api_key"] = changes.get("api_key", "")
    return await send(house, form, **user_input)


async def change(house: House, title: str, kind: Kind, **changes: Any) -> Any:
    """Open the form that changes a provider and send it."""
    form = await open_change(house, house.provider(title).subentry_id)
    assert (form["type"], form["step_id"]) == ("form", "reconfigure")
    return await resend(house, form, kind, **changes)


async def choose(house: House, menu: Any, option: str) -> Any:
    """Choose from a menu."""
    assert option in menu["menu_options"]
    return await send(house, menu, next_step_id=option)


async def finish(house: House, form: Any, model: str = "auto") -> Any:
    """Choose a model and save; return how the flow ended."""
    assert form["step_id"] == "model"
    result = await choose(house, await send(house, form, model=model), "save")
    return result.get("reason", result["type"])


def offered(form: Any) -> dict[str, str]:
    """Return the models to choose from, with their labels."""
    (selector,) = form["data_schema"].schema.values()
    assert selector.config["custom_value"] is True
    return {option["value"]: option["label"] for option in selector.config["options"]}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_provider_is_added(house: House, kind: Kind) -> None:
    """It is checked for free, stored encrypted, and asked from then on."""
    await house.set_up("anthropic" if kind == "gemini" else "gemini")
    model = "gpt-4o-mini" if kind == COMPATIBLE else "auto"
    menu = await send(house, await add(house, kind), model=model)
    assert menu["step_id"] == "ready"
    assert menu["menu_options"] == ["save", "test", "camera", "model"]
    assert menu["description_placeholders"] == {"model": plain(model)}
    assert len(house.entry.subentries) == 1
    assert (await choose(house, menu, "save"))["type"] == "create_entry"

    key = house.sim.keys[vendor_of(kind)]
    url = house.sim.urls.base(vendor_of(kind))
    address = {"base_url": url, "local": kind == COMPATIBLE}
    data = {"kind": kind, "model": model, "api_key": ANY, **address}
    assert house.provider(kind).data == data
    assert key not in str(house.entry.as_dict())
    assert key_of(house, kind) == key
    assert [request.endpoint for request in house.sim.requests()] == ["models"]
    assert (await house.describe(providers=kind))["provider"] == kind


async def test_a_server_of_ones_own_needs_no_key(house: House, sim: Simulator) -> None:
    """No key is made up and sent for one that is not there."""
    await house.set_up("gemini")
    sim.fail("openai", "status", status=403, endpoint="models")
    form = await add(house, COMPATIBLE, base_url=f"{sim.urls.openai}/", api_key="")
    assert await finish(house, form) == "create_entry"
    assert [request.key for request in sim.requests()] == ["missing"]
    assert key_of(house, COMPATIBLE) == ""
    assert house.provider(COMPATIBLE).data["base_url"] == sim.urls.openai
    assert house.order == ["gemini", COMPATIBLE]


REFUSED: list[tuple[Kind, dict[str, Any], dict[str, str]]] = [
    *((kind, {"api_key": "wrong"}, {"api_key": f"{kind}_invalid_auth"}) for kind in KINDS),
    (COMPATIBLE, {"api_key": ""}, {"api_key": "openai_compatible_invalid_auth"}),
    ("openai", {"base_url": NOBODY}, {"base": "cannot_connect"}),
    (COMPATIBLE, {"base_url": NOBODY}, {"base": "cannot_connect"}),
]
NOT_SENT: list[tuple[Kind, dict[str, Any], dict[str, str]]] = [
    ("openai", {"api_key": "sim\r\nX: 1"}, {"api_key": "key_malformed"}),
    ("openai", {"api_key": "  "}, {"api_key": "key_missing"}),
    ("openai", {"base_url": "http://169.254.169.254/v1"}, {"base_url": "url_forbidden"}),
    ("openai", {"base_url": "https://999.1.1.1/"}, {"base_url": "url_invalid"}),
    (COMPATIBLE, {"base_url": " "}, {"base_url": "url_missing"}),
    (COMPATIBLE, {"local": False}, {"base_url": "url_local"}),
]


@pytest.mark.parametrize(("kind", "changes", "errors"), REFUSED + NOT_SENT)
async def test_row_73_what_is_wrong_is_shown_and_can_be_corrected(
    house: House, kind: Kind, changes: dict[str, Any], errors: dict[str, str]
) -> None:
    """What was typed is shown again, nothing is stored, and what cannot be right is not sent."""
    await house.set_up(house.subentry("grok", title="Other", api_key="other-key"))
    form = await add(house, kind, **changes)
    assert form["errors"] == errors
    check_shown(form, typed(house, kind, **changes))
    assert len(house.entry.subentries) == 1
    assert (kind, changes, errors) in REFUSED or house.sim.requests() == []
    form = await send(house, form, **typed(house, kind))
    assert await finish(house, form) == "create_entry"


async def test_a_key_that_may_not_list_models_is_good(house: House, sim: Simulator) -> None:
    """Auto, which spaces stand for as well, and an id of one's own remain to choose from."""
    await house.set_up("gemini")
    sim.fail("openai", "status", status=403, endpoint="models", repeat=True)
    form = await add(house, "openai")
    assert offered(form) == {"auto": "auto"}
    assert form["description_placeholders"] == {"count": "0"}
    for typed_model, stored in (("  ", "auto"), (" gpt-4.1-mini ", "gpt-4.1-mini")):
        menu = await send(house, form, model=typed_model)
        assert menu["description_placeholders"] == {"model": plain(stored)}
        form = await choose(house, menu, "model")
        assert suggested(form, "model") == stored
    assert await finish(house, form, " gpt-4.1-mini ") == "create_entry"
    assert house.provider("openai").data["model"] == "gpt-4.1-mini"


async def test_models_are_shown_with_costs_and_those_that_see_first(house: House) -> None:
    """For 100 pictures; auto says which it means. What cannot see is left out."""
    await house.set_up("gemini")
    models = [Model(id="unheard-of"), *house.sim.models("openai"), Model(id="gpt-4.1")]
    house.sim.set_models("openai", models)
    form = await add(house, "openai")
    known = ["gpt-6-luna", "gpt-5.6-luna", "gpt-4.1-mini", "gpt-4.1", "gpt-4o-mini"]
    assert list(offered(form)) == ["auto", *known, "unheard-of"]
    assert offered(form)["gpt-4o-mini"] == "gpt-4o-mini (56.4 ¢)"
    assert offered(form)["auto"] == f"auto = {offered(form)['gpt-6-luna']}"
    assert offered(form)["unheard-of"] == "unheard-of"
    assert form["description_placeholders"] == {"count": "6"}
    assert suggested(form, "model") == "auto"


async def test_row_71_the_same_account_twice_is_refused(house: House) -> None:
    """It would only be asked, and fail, twice; whether it is added or made out of another one."""
    other = house.subentry("openai", title="Other", base_url=NOBODY)
    await house.set_up(house.subentry("openai", ciphertext="lost", title="Lost"), "openai", other)
    for result in (
        await add(house, "openai"),
        await add(house, "openai", base_url=f"{house.sim.urls.openai}/"),
        await change(house, "Other", "openai", api_key=house.sim.keys["openai"]),
    ):
        assert result["reason"] == "already_configured"
    assert len(house.entry.subentries) == 3
    assert house.provider("Other").data["base_url"] == NOBODY
    assert house.sim.requests() == []


async def test_a_second_account_gets_a_number(house: House, sim: Simulator) -> None:
    """Two accounts, or the same key at another address, are different providers."""
    await house.set_up("openai")
    for key in ("second-key", "third-key"):
        sim.set_key("openai", key)
        await finish(house, await add(house, "openai"))
    async with Simulator() as other:
        other.set_key("openai", "third-key")
        await finish(house, await add(house, "openai", base_url=other.urls.openai))
    titles = [subentry.title for subentry in house.entry.subentries.values()]
    assert titles == ["OpenAI", "OpenAI 2", "OpenAI 3", "OpenAI 4"]


async def test_a_bad_master_key_is_shown(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both forms say so, ask nobody, and can be sent again."""
    await house.set_up("openai")
    before = house.provider("openai").data
    monkeypatch.setenv(master_key.ENV_KEY, "not a key")
    new = await add(house, "grok")
    old = await change(house, "OpenAI", "openai", api_key="any")
    assert new["errors"] == old["errors"] == {"base": "master_key_unusable"}
    assert house.sim.requests() == []
    assert house.provider("openai").data == before
    monkeypatch.delenv(master_key.ENV_KEY)
    old = await resend(house, old, "openai")
    assert await finish(house, old) == "reconfigure_successful"
    new = await send(house, new, **typed(house, "grok"))
    assert await finish(house, new) == "create_entry"


async def test_an_empty_field_keeps_the_key(house: House) -> None:
    """Model, address and switch are shown as they are, the key never is."""
    await house.set_up(house.subentry(COMPATIBLE, model="gpt-4o-mini", title="Mine"))
    form = await open_change(house, house.provider("Mine").subentry_id)
    assert form["description_placeholders"]["provider"] == "Mine"
    address = {"base_url": house.sim.urls.openai, "local": True}
    check_shown(form, {"api_key": None, **address})
    form = await resend(house, form, COMPATIBLE)
    assert suggested(form, "model") == "gpt-4o-mini"
    assert await finish(house, form, "gpt-4.1-mini") == "reconfigure_successful"
    assert key_of(house, "Mine") == house.sim.keys["openai"]
    assert await house.usage() == []
    assert (await house.describe())["model"] == "gpt-4.1-mini"


async def test_key_and_address_can_be_changed(house: House, sim: Simulator) -> None:
    """A wrong one is refused and nothing is stored; a right one is, encrypted."""
    await house.set_up("openai")
    before = house.provider("openai").data
    sim.set_key("openai", "second-key")
    form = await change(house, "OpenAI", "openai", api_key="wrong-key")
    assert form["errors"] == {"api_key": "openai_invalid_auth"}
    async with Simulator() as other:
        other.set_key("openai", "second-key")
        changes = {"api_key": " second-key ", "base_url": f" {other.urls.openai}/ "}
        form = await resend(house, form, "openai", **changes)
        assert house.provider("openai").data == before
        assert await finish(house, form) == "reconfigure_successful"
    assert house.provider("openai").data["base_url"] == other.urls.openai
    assert key_of(house, "openai") == "second-key"
    assert "second-key" not in str(house.entry.as_dict())


@pytest.mark.parametrize(
    ("stored", "url", "error"),
    [
        ({}, "https://elsewhere.example/v1", "key_again"),
        ({}, NOBODY, "key_again"),
        ({}, "", "key_again"),
        ({}, "{server}/another/path", "key_again"),
        ({"ciphertext": "lost"}, "{server}", "key_lost"),
    ],
)
async def test_a_stored_key_goes_to_no_other_address(
    house: House, stored: dict[str, str], url: str, error: str
) -> None:
    """Whoever may change the address could read the key otherwise, which is shown to nobody."""
    await house.set_up(house.subentry("openai", **stored))
    before = house.provider("openai").data
    url = url.format(server=house.sim.urls.openai)
    form = await change(house, "OpenAI", "openai", base_url=url)
    assert form["errors"] == {"api_key": error}
    assert suggested(form, "base_url") == url
    assert house.sim.requests() == []
    assert house.provider("openai").data == before
    form = await resend(house, form, "openai", api_key=house.sim.keys["openai"])
    assert await finish(house, form) == "reconfigure_successful"
    assert house.order == ["openai"]


async def test_a_server_without_a_key_may_move(house: House) -> None:
    """There is nothing to give away."""
    await house.set_up(house.subentry(COMPATIBLE, api_key="", title="Mine", base_url=NOBODY))
    form = await change(house, "Mine", COMPATIBLE)
    assert form["errors"] == {"api_key": "openai_compatible_invalid_auth"}
    assert [request.key for request in house.sim.requests()] == ["missing"]


PRICES = {"price_input": 0.4, "price_output": 1.6}


async def test_a_price_of_ones_own(house: House, sim: Simulator) -> None:
    """It counts for the list of models and for what is booked, also on a server at home."""
    sim.offer("openai", "gpt-4o-mini")
    await house.set_up("gemini")
    form = await add(house, COMPATIBLE, more=PRICES)
    # 37,135 tokens for a picture and the question, 120 for the answer: 1.5046 cents.
    assert offered(form)["gpt-4o-mini"] == "gpt-4o-mini (150.5 ¢)"
    assert await finish(house, form, "gpt-4o-mini") == "create_entry"
    assert house.provider(COMPATIBLE).data.items() >= PRICES.items()
    response = await house.describe(providers=COMPATIBLE)
    usd = (response["input_tokens"] * 0.4 + response["output_tokens"] * 1.6) / 1_000_000
    assert response["cost"] == pytest.approx(usd, abs=1e-6)


@pytest.mark.parametrize(
    ("more", "stored"),
    [
        ({}, PRICES),
        ({"more": {"price_input": 0, "price_output": 0}}, {"price_input": 0, "price_output": 0}),
        ({"more": {}}, {}),
    ],
)
async def test_a_price_is_kept_changed_and_taken_back(
    house: House, more: dict[str, Any], stored: dict[str, float]
) -> None:
    """The form shows it, opened, and what is emptied is gone."""
    await house.set_up(house.subentry("openai", **PRICES))
    form = await open_change(house, house.provider("OpenAI").subentry_id)
    check_shown(form, {"more": PRICES})
    assert form["data_schema"].schema["more"].options == {"collapsed": False}
    assert await finish(house, await resend(house, form, "openai", **more)) == (
        "reconfigure_successful"
    )
    data = house.provider("OpenAI").data
    assert {name: data[name] for name in PRICES if name in data} == stored
    assert (await house.describe())["cost"] > 0 or stored.get("price_input") == 0


async def test_one_price_alone_is_a_mistake(house: House) -> None:
    """Half a bill would look like a whole one; what was typed is shown again."""
    await house.set_up("gemini")
    more = {"price_output": 1.6}
    form = await add(house, "openai", more=more)
    assert form["errors"] == {"base": "price_incomplete"}
    check_shown(form, {"more": more})
    assert house.sim.requests() == []
