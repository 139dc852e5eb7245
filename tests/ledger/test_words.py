"""Words are found however they are written, and whatever is typed is words."""

from typing import Any

from hypothesis import given, settings, strategies as st
import pytest
from sqlalchemy import Engine, create_engine

from custom_components.eyewitness.ledger import event_rows
from custom_components.eyewitness.ledger.events import EventFilter, EventRow
from custom_components.eyewitness.ledger.schema import metadata
from tests.hostile_texts import HOSTILE

from .kit import listed


def _database(*rows: EventRow) -> Engine:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        metadata.create_all(connection)
        event_rows.add(connection, rows)
    return engine


def _found(row: EventRow, search: str) -> bool:
    """Search in the file and in memory, which say the same."""
    wanted = EventFilter(search=search)
    engine = _database(row)
    with engine.connect() as connection:
        found = bool(event_rows.read(connection, wanted, None, 9))
    engine.dispose()
    assert wanted.matches(row) is found
    return found


@pytest.mark.parametrize(
    ("text", "search"),
    [
        ("A person stands at the door", "PERSON door"),
        ("A person stands at the door", "  stands pers"),
        ("Ein Mann überquert die Straße", "strasse"),
        ("Ein Mann überquert die STRASSE", "straße uberquert"),
        ("Un garçon à l'entrée", "garcon entree"),
        ("Un niño en el jardín", "nino JARDIN"),
        ("È arrivato il postino", "e arrivato"),
        ("Een auto op de oprit, één fiets", "een fiets"),
        ("Um cão no portão", "cao portao"),
        ("Żółty samochód i łódź", "zolty lodz"),
        ("Zolty samochod", "żółty"),
        ("En älg på gården", "alg gard"),
        ("一辆红色汽车停在门口", "汽车"),
        ("一辆红色汽车停在门口", "红色 门口"),
        ("一辆BMW汽车停在门口", "bmw汽车"),
        ("一辆红色汽车停在门口", "汽车。门口"),
        ("A 4x4 car, plate AB-123", "ab-123"),
    ],
)
@pytest.mark.parametrize("field", ["title", "description", "reason", "camera_name"])
def test_found(text: str, search: str, field: str) -> None:
    """In all ten languages, with and without accents, in every text that is searched."""
    changes: dict[str, Any] = {"title": "", "description": "", "camera_name": "", field: text}
    assert _found(listed(**changes), search)


@pytest.mark.parametrize(
    ("text", "search"),
    [
        ("A person at the door", "person dog"),
        ("A person at the door", "erson"),
        ("A person at the door", "pers door"),
        ("一辆红色汽车停在门口", "车汽"),
        ("一辆红色汽车停在门口", "红汽"),
        ("A person", "🐈"),
        ("A person", "*"),
        ("A person", '"'),
    ],
)
def test_not_found(text: str, search: str) -> None:
    """Every word counts, and only the last one may go on."""
    assert not _found(listed(title=text, description=""), search)


@pytest.mark.parametrize(
    "search",
    ['"', "*", "pers*", "NEAR(a b)", "title:person", "a OR b", "NOT person", "-person", "^a", "a'b",
     "{title} : x", "+", "(", "\0", *HOSTILE],
)  # fmt: skip
def test_no_operator_reaches_the_search(search: str) -> None:
    """SQLite's own language has no way in: nothing raises, and ``OR`` is a word."""
    _found(listed(), search)
    assert not _found(listed(title="person", description=""), "person OR dog")


@settings(deadline=None, max_examples=60)
@given(text=st.text(max_size=40), search=st.text(max_size=12))
def test_memory_and_file_agree(text: str, search: str) -> None:
    """Whatever is said and typed."""
    _found(listed(title=text.replace("\0", ""), description="one two"), search)
