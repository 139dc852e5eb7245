"""A release: one version everywhere, a dated change log, and the zip that HACS unpacks."""

from pathlib import Path
import subprocess
import zipfile

import pytest

from scripts.lib import release
from tests.sources import ROOT

MANIFEST = "custom_components/eyewitness/manifest.json"
CHANGES = "# Changes\n\n## 1.2.0 (2026-12-01)\n\n- New.\n\n## 1.1.0 (2026-11-01)\n\n- Old.\n"


def git(repository: Path, *arguments: str) -> None:
    """Run git as somebody."""
    who = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    subprocess.run(["git", "-C", repository, *who, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a checkout that is ready for its release."""
    files = {
        MANIFEST: '{"version": "1.2.0"}',
        "custom_components/eyewitness/translations/en.json": "{}",
        "pyproject.toml": '[project]\nversion = "1.2.0"',
        "hacs.json": '{"filename": "eyewitness.zip"}',
        "CHANGELOG.md": CHANGES,
        ".gitignore": "/dist/\n__pycache__/\n",
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    git(tmp_path, "init")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "All of it")
    return tmp_path


def test_the_zip_holds_what_is_committed(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its root is the integration's folder; the notes are the newest changes and no older ones."""
    stray = repository / "custom_components/eyewitness/__pycache__/stray.pyc"
    stray.parent.mkdir()
    stray.touch()
    assert release.main(["1.2.0"], repository) == 0
    packed, notes = map(Path, capsys.readouterr().out.split())
    assert {name for name in zipfile.ZipFile(packed).namelist() if not name.endswith("/")} == {
        "manifest.json",
        "translations/en.json",
    }
    assert notes.read_text() == "- New.\n"


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("pyproject.toml", "1.2.0", "1.1.0", "pyproject.toml says 1.1.0"),
        (MANIFEST, "1.2.0", "1.3.0", "the tag is 1.2.0, the manifest says 1.3.0"),
        ("CHANGELOG.md", "1.2.0 (2026-12-01)", "Unreleased", "begins with 'Unreleased'"),
        ("CHANGELOG.md", "1.2.0 (", "1.1.0 (", "begins with '1.1.0 (2026-12-01)'"),
        ("CHANGELOG.md", "2026-12-01", "2026-02-30", "2026-02-30 is no day"),
        ("CHANGELOG.md", "- New.", "", "has nothing below"),
        ("CHANGELOG.md", CHANGES, "# Changes\n", "begins with ''"),
        ("hacs.json", "zip", "tar", "not committed"),
    ],
)
def test_what_does_not_agree_is_refused(
    repository: Path,
    capsys: pytest.CaptureFixture[str],
    file: str,
    old: str,
    new: str,
    told: str,
) -> None:
    """Nothing is built, and the reason is told."""
    path = repository / file
    path.write_text(path.read_text().replace(old, new, 1))
    if told != "not committed":
        git(repository, "commit", "--all", "-m", "Disagree")
    assert release.main(["1.2.0"], repository) == 1
    assert told in capsys.readouterr().err
    assert not (repository / "dist").exists()


def test_this_project_names_one_version() -> None:
    """Also between releases, when only the change log is not dated yet."""
    assert not [fault for fault in release.faults(ROOT) if "pyproject" in fault]
