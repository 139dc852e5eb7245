"""Ask for the usage, and have it written into a file."""

# ruff: noqa: ASYNC240 - a few bytes in a folder of the test's own

import csv
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.eyewitness.const import DATABASE, DOMAIN
from tests.kit import CAMERA, House
from tests.results import error_key
from tests.wall import Wall

pytestmark = pytest.mark.usefixtures("camera")

GET, EXPORT = "get_usage", "export_usage"
MISTAKES: list[tuple[str, dict[str, Any], str]] = [
    (GET, {"period": "november"}, "usage_period"),
    (GET, {"start_date": "yesterday"}, "usage_start_date"),
    (GET, {"end_date": 5}, "usage_end_date"),
    (GET, {"period": "today", "end_date": "2026-11-01"}, "usage_period_and_dates"),
    (
        *(GET, {"start_date": "2026-11-02", "end_date": "2026-11-01"}),
        "usage_end_before_start",
    ),
    (GET, {"group_by": ["vendor"]}, "usage_group_by"),
    (GET, {"rows": 1001}, "usage_rows"),
    (GET, {"path": "a.csv"}, "call_unknown_field"),
    (EXPORT, {"path": "a.txt"}, "usage_path"),
    (EXPORT, {"path": "a.csv\n"}, "usage_path"),
    (EXPORT, {"overwrite": "perhaps"}, "usage_overwrite"),
    (EXPORT, {"path": "../a.csv"}, "usage_path_not_allowed"),
    (EXPORT, {"path": "/etc/a.csv"}, "usage_path_not_allowed"),
    (EXPORT, {"path": "a\0.csv"}, "usage_not_written"),
]


@pytest.fixture
async def wall(house: House, freezer: FrozenDateTimeFactory) -> Wall:
    """Return a house in which something cost 1 in October, 2 and 4 in November."""
    wall = Wall(house, freezer)
    await wall.begin("2026-10-31 23:59")
    wall.book(1)
    await wall.says("2026-11-01 00:01")
    wall.book(2)
    await wall.says("2026-11-26 12:00")
    wall.book(4)
    return wall


async def ask(wall: Wall, action: str = GET, **fields: Any) -> dict[str, Any]:
    """Call an action as an automation does."""
    response: Any = await wall.hass.services.async_call(
        DOMAIN, action, fields, blocking=True, return_response=True
    )
    return dict(response)


@pytest.mark.parametrize(
    ("fields", "cost", "days"),
    [
        ({}, 6, ("2026-11-01", "2026-11-26")),
        ({"period": "today"}, 4, ("2026-11-26", "2026-11-26")),
        ({"period": "yesterday"}, 0, ("2026-11-25", "2026-11-25")),
        ({"period": "last_month"}, 1, ("2026-10-01", "2026-10-31")),
        ({"period": "all"}, 7, (None, None)),
        ({"start_date": "2026-10-31", "end_date": "2026-11-01"}, 3, ("2026-10-31", "2026-11-01")),
        ({"end_date": "2026-11-01"}, 3, (None, "2026-11-01")),
        ({"start_date": "2026-11-02"}, 4, ("2026-11-02", None)),
    ],
    ids=str,
)
async def test_the_sums_of_some_days(
    wall: Wall, fields: dict[str, Any], cost: float, days: tuple[str | None, str | None]
) -> None:
    """This month, or what is asked for; what was booked a moment ago is among it."""
    found = await ask(wall, **fields)
    assert (found["start_date"], found["end_date"]) == days
    assert (found["total"]["cost"], found["currency"]) == (cost, "USD")
    assert found.keys() == {"start_date", "end_date", "currency", "total"}


async def test_told_apart(wall: Wall) -> None:
    """By several things at once; a provider has its id, its kind and its title, gone or not."""
    provider_id = wall.house.provider("openai").subentry_id
    provider = {"provider": "openai", "provider_id": provider_id, "provider_name": "OpenAI"}
    found = await ask(wall, period="all", group_by=["month", "provider"])
    costs = [(each["month"], each["cost"]) for each in found["groups"]]
    assert costs == [("2026-10", 1), ("2026-11", 6)]
    assert all(each.items() >= provider.items() for each in found["groups"])
    found = await ask(wall, group_by=["camera", "day", "model", "outcome"])
    (first, _) = found["groups"]
    assert first == {
        "camera": CAMERA,
        "day": "2026-11-01",
        "model": "gpt-4o-mini",
        "outcome": "ok",
        "requests": 1,
        "sent": 1,
        "answers": 1,
        "descriptions": 1,
        "input_tokens": 0,
        "output_tokens": 0,
        "cost": 2.0,
        "estimated": 0,
        "unpriced": 0,
        "response_time_ms": 0,
        "saved_calls": 0,
        "saved_cost": 0.0,
    }


async def test_the_single_requests(wall: Wall) -> None:
    """The newest first, and no more than asked for."""
    found = await ask(wall, period="all", rows=2)
    assert [row["cost_estimate"] for row in found["requests"]] == [4, 2]
    found = await ask(wall, period="last_month", rows=2)
    assert [row["day"] for row in found["requests"]] == ["2026-10-31"]


@pytest.mark.parametrize(("action", "fields", "key"), MISTAKES)
async def test_each_mistake_has_a_sentence(
    wall: Wall, action: str, fields: dict[str, Any], key: str
) -> None:
    """And writes nothing."""
    assert await error_key(ask(wall, action, **fields)) == key
    assert list(Path(wall.hass.config.config_dir).rglob("*.csv")) == []


@pytest.mark.parametrize("action", [GET, EXPORT])
async def test_only_for_administrators(
    wall: Wall, hass_read_only_user: MockUser, action: str
) -> None:
    """It names cameras that not everybody may see."""
    with pytest.raises(Unauthorized):
        await wall.hass.services.async_call(
            *(DOMAIN, action, {}),
            blocking=True,
            return_response=True,
            context=Context(user_id=hass_read_only_user.id),
        )


def read_csv(path: Path) -> list[dict[str, str]]:
    """Read a file as a spreadsheet does."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


async def test_a_file_in_our_own_folder(hass: HomeAssistant, wall: Wall) -> None:
    """Nobody else may read it, and it is replaced only when that is wanted."""
    found = await ask(wall, EXPORT)
    file = Path(hass.config.path("eyewitness", "usage_2026-11-01_2026-11-26.csv"))
    assert found == {
        "start_date": "2026-11-01",
        "end_date": "2026-11-26",
        "path": str(file),
        "requests": 2,
    }
    assert [row["cost_estimate"] for row in read_csv(file)] == ["2.0", "4.0"]
    assert file.stat().st_mode & 0o077 == file.parent.stat().st_mode & 0o077 == 0
    file.write_text("mine", "utf-8")
    assert await error_key(ask(wall, EXPORT)) == "usage_file_exists"
    assert file.read_text("utf-8") == "mine"
    await ask(wall, EXPORT, overwrite=True)
    assert len(read_csv(file)) == 2
    assert [each.name for each in file.parent.iterdir()] == [file.name]


async def test_a_file_where_home_assistant_may_write(
    hass: HomeAssistant, wall: Wall, tmp_path: Path
) -> None:
    """A link out of there is not followed, and a folder is not made."""
    folder = tmp_path / "shared"
    folder.mkdir()
    hass.config.allowlist_external_dirs = {str(folder)}
    found = await ask(wall, EXPORT, period="all", path=str(folder / "All.CSV"))
    assert (found["requests"], len(read_csv(folder / "All.CSV"))) == (3, 3)
    (folder / "link.csv").symlink_to(tmp_path / "elsewhere.csv")
    assert await error_key(ask(wall, EXPORT, path=f"{folder}/link.csv")) == "usage_file_exists"
    assert await error_key(ask(wall, EXPORT, path=f"{folder}/no/a.csv")) == "usage_no_folder"
    assert not (tmp_path / "elsewhere.csv").exists()


@pytest.mark.parametrize("action", [GET, EXPORT])
async def test_a_ledger_that_cannot_be_read(
    hass: HomeAssistant, house: House, action: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It says so, and leaves no half file."""
    Path(hass.config.path(DATABASE)).write_bytes(b"damaged" * 999)
    await house.set_up("openai")
    with pytest.raises(HomeAssistantError) as caught:
        await hass.services.async_call(DOMAIN, action, blocking=True, return_response=True)
    assert not isinstance(caught.value, ServiceValidationError)
    assert caught.value.translation_key == "usage_unreadable"
    assert list(Path(hass.config.path("eyewitness")).glob("*")) == []
