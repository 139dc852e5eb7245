"""Delete the kept pictures with the integration, and nothing of anybody else."""

# ruff: noqa: ASYNC240 - a few bytes in a folder of the test's own

from pathlib import Path
import shutil
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.eyewitness.pictures import event_files
from custom_components.eyewitness.pictures.removal import async_remove_kept
from tests.kit import CAMERA, FakeCamera, House
from tests.pictures.scenes import add_rules, put

ULID = "01JD8Z5V3Q4W5E6R7T8Y9U0I1O"
NAME = "2026-11-26_14-30-05_front_door_0i1o"
OURS = (
    *(f"{ULID}.jpg", f"{CAMERA}/{ULID}.jpg", f"{CAMERA}/{ULID}.part", f"{CAMERA}/.masks"),
    *(f"{CAMERA}/.masks.part", f"image.last_visitor/{ULID}.jpg"),
    *(f"{CAMERA}/{NAME}.jpg", f"{CAMERA}/{NAME}.part"),
)
THEIRS = (
    *("holiday.jpg", f"{CAMERA}/holiday.jpg", f"{CAMERA}/{ULID}.png", f"favourites/{ULID}.jpg"),
    *(f"{CAMERA}/{NAME}.png", f"favourites/{NAME}.jpg", f"{CAMERA}/2026-02-30{NAME[10:]}.jpg"),
    f"camera.deeper/camera.still_deeper/{ULID}.jpg",
)


def files(folder: Path) -> set[str]:
    """Return what is in a folder, by path."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


async def test_only_what_we_named_goes(hass: HomeAssistant, media: Path) -> None:
    """Pictures in one folder, as they were kept first, and in one for each camera."""
    outside = media / "outside"
    put(outside, f"{ULID}.jpg")
    put(media / "eyewitness", *OURS, *THEIRS)
    (media / "eyewitness" / "camera.link").symlink_to(outside)
    await async_remove_kept(hass)
    assert files(media / "eyewitness") == set(THEIRS)
    assert files(outside) == {f"{ULID}.jpg"}


async def test_empty_folders_go_too(hass: HomeAssistant, media: Path) -> None:
    """And where there is nothing, nothing happens."""
    put(media / "eyewitness", *OURS)
    for _ in range(2):
        await async_remove_kept(hass)
        assert not (media / "eyewitness").exists()
    assert media.exists()
    hass.config.media_dirs = {}
    await async_remove_kept(hass)


async def test_a_disk_that_refuses_is_told(
    hass: HomeAssistant,
    media: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The integration is removed all the same."""
    put(media / "eyewitness", *OURS)
    put(event_files.root(hass), f"2026-11-26/{ULID}.jpg")

    def refuse(path: Path, **_: Any) -> None:
        raise PermissionError(path)

    monkeypatch.setattr(Path, "unlink", refuse)
    monkeypatch.setattr(shutil, "rmtree", refuse)
    await async_remove_kept(hass)
    for what in ("kept pictures", "pictures of the history"):
        assert f"The {what} cannot be deleted: PermissionError" in caplog.text


async def test_they_go_with_the_entry(house: House, camera: FakeCamera, media: Path) -> None:
    """Found where they were really kept."""
    await house.set_up("openai")
    await add_rules(house, "openai")
    house.sim.fail("openai", "quota")
    with pytest.raises(HomeAssistantError):
        await house.describe()
    assert len([name for name in files(media) if name.endswith(".jpg")]) == 1
    await house.hass.config_entries.async_remove(house.entry.entry_id)
    assert files(media) == set()
