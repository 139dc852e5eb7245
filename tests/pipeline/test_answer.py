"""The reader of model texts: what it makes of whole, wrapped, broken and missing answers."""

from typing import Final

import pytest

from custom_components.eyewitness.chain.failures import Failure, ProviderError
from custom_components.eyewitness.chain.task import Reply, Usage
from custom_components.eyewitness.pipeline.answer import (
    IMPORTANCES,
    SCHEMA,
    TITLE_CHARS,
    Answer,
    read,
)
from custom_components.eyewitness.pipeline.object_words import OBJECTS
from tests.chain.fakes import GOOD

from .reading import answer, fields


@pytest.mark.parametrize(
    "text",
    [
        *(GOOD, f"```json\n{GOOD}\n```", f"```\n{GOOD}```", f"  \n{GOOD}\n ", f"\ufeff{GOOD}"),
        f"Here is the JSON you asked for:\n\n{GOOD}\n\nAnything else?",
        f"Here you are:\n```json\n{GOOD}\n```\nBye.",
        GOOD.replace('", "', '",\n\t"'),
    ],
    ids=[
        *("bare", "fence", "bare fence", "blank", "BOM"),
        *("words around", "fence within words", "spread out"),
    ],
)
def test_a_good_answer_in_all_wrappings(text: str) -> None:
    """Every field arrives, whatever a model wraps it in."""
    assert answer(text) == Answer(
        title="Person at the door",
        description="A person in a red coat stands at the door.",
        objects=("person",),
        confidence=90,
        importance="normal",
    )


@pytest.mark.parametrize(
    ("text", "description"),
    [
        ('{"title": "A man", "description": "A man walks to the', "A man walks to the"),
        ('{"description": "A \\"tall\\" man\\nwal', 'A "tall" man wal'),
        ('{"description": "A man \\u00e9t\\u00e9 \\u00', "A man été"),
        ('{"description": "A man walks\\', "A man walks"),
        (r'{"description": "It\'s a man \\o/ \"', "It's a man \\o/ \""),
        ('```json\n{"description": "A man", "objects": ["per', "A man"),
        ('{"description": "A man", "confidence": 9' + "9" * 5000 + "}", "A man"),
        ('{"description": "A man",}', "A man"),
        ('{"title": "' + "x " * 5000 + '", "description": "A man', "A man"),
        ('{"description": "A draft"} {"description": "A dog"}', "A dog"),
        ('} {"description": "A man"', "A man"),
    ],
    ids=[
        *("cut", "cut with escapes", "cut in an escape", "cut at a backslash", "needless escape"),
        *(
            "cut in a list",
            "endless number",
            "trailing comma",
            "endless title",
            "two objects",
            "backwards",
        ),
    ],
)
def test_broken_json_still_gives_its_sentence(text: str, description: str) -> None:
    """Whatever is broken around it, the description is there to read."""
    assert answer(text).description == description


def test_cut_off_json_still_gives_its_title() -> None:
    """It is complete where the description is not."""
    assert answer('{"title": "Man at door", "description": "A man').title == "Man at door"


@pytest.mark.parametrize(
    ("text", "description"),
    [
        ("A man at the door.", "A man at the door."),
        ("```\nA man at the door.\n```", "A man at the door."),
        ("A sign that says {SALE}.", "A sign that says {SALE}."),
        ("Two dogs; a < b.", "Two dogs; a < b."),
    ],
    ids=["words", "fenced words", "a brace", "a sign"],
)
def test_plain_text_is_a_description(text: str, description: str) -> None:
    """A small local model may know no JSON."""
    plain = answer(text)
    assert plain.description == description
    assert (plain.objects, plain.confidence, plain.importance) == ((), None, None)


@pytest.mark.parametrize(
    "text",
    [
        *("", " \n\t ", "null", "...", "?!", "\u200d\u200c", "\x00\x1b[31m", "```\n```", "🙂"),
        *("\ud800", "{}", "{ }", "[]", '["A man"]', "{{ states('light.x') }}"),
        *('{"description": null}', '{"description": ""}', '{"description": " \\n "}'),
        *('{"description": 5}', '{"description": [5]}', '{"description": {"de": "Ein Mann"}}'),
        *('{"title": "A man"}', '{"description": "..."}'),
        *('{"description": "\\ud83d"}', '{"description": ', "{" * 5000, '{"a":' * 100_000),
    ],
    ids=range(27),
)
def test_row_28_no_description_is_malformed(text: str) -> None:
    """Nothing that could be told to a person; what it cost is kept."""
    with pytest.raises(ProviderError) as caught:
        read(Reply(text=text, model="m", usage=Usage(7, 5)))
    assert caught.value.failure is Failure.MALFORMED
    assert (caught.value.model, caught.value.usage) == ("m", Usage(7, 5))


@pytest.mark.parametrize(
    "page",
    [
        "<html><body>Please log in</body></html>",
        '<!DOCTYPE html>\n<script>{"description": "Welcome to our hotel"}</script>',
        " \n<HEAD><title>Login</title>",
        "<body class='x'>Hello",
    ],
)
def test_row_26_a_page_is_no_answer(page: str) -> None:
    """A captive portal or a proxy's error page is not what the camera saw."""
    with pytest.raises(ProviderError):
        answer(page)


def test_row_29_truncated_is_passed_on() -> None:
    """The reader does not guess it; the vendor says it."""
    assert answer(GOOD, truncated=True).truncated
    assert not answer(GOOD).truncated


def test_row_29_json_that_was_cut_off_is_truncated() -> None:
    """Not every server says so; what is only written badly was not cut off."""
    assert answer(GOOD[:-30]).truncated
    assert not answer(f"{GOOD[:-1]},}}").truncated


FIELDS: Final[dict[str, list[tuple[object, object]]]] = {
    "title": [
        ("Person at the door.", "Person at the door"),
        ("One two three four five six", "One two three four five six"),
        ("One two three four five six seven", "One two three four five six…"),
        ("W" * 200, "W" * (TITLE_CHARS - 1) + "…"),
        ("A\nman", "A man"),
        *(
            (missing, "A person in a red coat…")
            for missing in (None, "", "...", "null", "string", 5)
        ),
        (["A man"], "A man"),
    ],
    "objects": [
        (["person", "package"], ("person", "package")),
        (["package", "person", "person"], ("person", "package")),
        (["Person ", "VEHICLE"], ("person", "vehicle")),
        (["dog", "Cats", "a small bird"], ("animal",)),
        (["man", "delivery van", "parcel"], ("person", "vehicle", "package")),
        (["tree"], ("other",)),
        (["person", "tree", "lamp"], ("person", "other")),
        ("person, vehicle", ("person", "vehicle")),
        ("A man and his dog", ("person", "animal")),
        ([{"label": "person", "box": [1, 2]}, {"name": "Car"}], ("person", "vehicle")),
        ({"person": 2, "vehicle": 0}, ("person",)),
        (["Mann", "voiture", "Katze"], ("person", "vehicle", "animal")),
        *((nothing, ()) for nothing in ("none", ["no objects"], "N/A", [{"colour": "red"}])),
        (["other"], ("other",)),
        ([None, 5, {"a": 1}, "animal"], ("animal",)),
        *((nothing, ()) for nothing in ([], ["", " "], None, 5)),
    ],
    "confidence": [
        *((0, 0), (1, 1), (90, 90), (100, 100), (89.6, 90), (0.85, 85), (0.0, 0), (1.0, 1)),
        *(("90", 90), ("88%", 88), ("88 %", 88), ("0.88", 88), ("0,88", 88), ("88/100", 88)),
        *(("0.5%", 0), ("1", 1), ("100", 100), ("101", None), ("999%", None)),
        *((strange, None) for strange in (-1, 101, -0.5, True, False, None, "high", "", [90])),
        *((10**400, None), *((float(word), None) for word in ("nan", "inf", "-inf"))),
    ],
    "importance": [
        *((word, word) for word in IMPORTANCES),
        *((" HIGH", "high"), ("Low.", "low"), ("medium", "normal")),
        *((strange, None) for strange in ("critical", "", None, 3, ["low"])),
    ],
}


@pytest.mark.parametrize(
    ("name", "stated", "read_as"),
    [(name, *pair) for name, pairs in FIELDS.items() for pair in pairs],
)
def test_each_field_has_its_shape(name: str, stated: object, read_as: object) -> None:
    """The title is short and from the description when there is none; what is strange is no value.

    Objects are words of the list, in its order, and a foreign word is something other. The
    confidence is the model's own or null, never computed from anything else.
    """
    assert getattr(answer(fields(**{name: stated})), name) == read_as


def test_the_schema_asks_for_what_the_reader_reads() -> None:
    """Every field is required, nothing else allowed, and the words are the reader's own."""
    assert SCHEMA["required"] == list(SCHEMA["properties"])
    assert SCHEMA["additionalProperties"] is False
    assert SCHEMA["properties"]["objects"]["items"]["enum"] == list(OBJECTS)
    assert SCHEMA["properties"]["importance"]["enum"] == list(IMPORTANCES)
