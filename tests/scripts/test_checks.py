"""Where the files of a whole test run go."""

import os
from pathlib import Path

import pytest

from scripts.lib import checks


@pytest.mark.parametrize("before", [None, "/elsewhere"])
def test_files_are_in_memory_and_gone_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str | None
) -> None:
    """What a run leaves behind must not fill the memory, and the environment is as it was."""
    monkeypatch.setattr(checks, "MEMORY", tmp_path)
    monkeypatch.setattr(checks, "ROOM", 0)
    monkeypatch.delenv("TMPDIR", raising=False)
    if before:
        monkeypatch.setenv("TMPDIR", before)
    with checks.files_in_memory():
        folder = Path(os.environ["TMPDIR"])
        assert folder.parent == tmp_path
        (folder / "left").write_text("behind")
    assert not folder.exists()
    assert os.environ.get("TMPDIR") == before


@pytest.mark.parametrize(("there", "room"), [(False, 0), (True, 2**63)])
def test_without_room_they_stay_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool, room: int
) -> None:
    """A container often has 64 MB there, another system nothing at all."""
    monkeypatch.setattr(checks, "MEMORY", tmp_path if there else tmp_path / "nothing")
    monkeypatch.setattr(checks, "ROOM", room)
    monkeypatch.delenv("TMPDIR", raising=False)
    with checks.files_in_memory():
        assert "TMPDIR" not in os.environ
