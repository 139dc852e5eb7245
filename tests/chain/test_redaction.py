"""Keys that are known are found in every writing, and nothing else is taken for one."""

import json
from urllib.parse import quote

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.eyewitness.chain.redaction import KnownKeys, redact

KEY = "My-Own.Server/key+42="
OTHER = "My-Own.Server/key+42=longer"


@pytest.fixture
def known() -> KnownKeys:
    """Know one key."""
    keys = KnownKeys()
    keys.add(KEY)
    return keys


@pytest.mark.parametrize(
    "written",
    [
        KEY,
        KEY.upper(),
        "".join(rf"\u{ord(char):04x}" for char in KEY),
        "".join(f"%{ord(char):02X}" for char in KEY),
        "".join(rf"\x{ord(char):02x}" for char in KEY),
        quote(KEY, safe=""),
        *(gap.join(KEY) for gap in (" ", "\u200b", "\u200d", "\u00ad", "\ufe0f", "é", "\r\n\t")),
        *(f"{KEY[:7]}{gap}{KEY[7:]}" for gap in ("\x1b[31m", r"\x1b[0m", r"\u001b[1;3m")),
        *(f"{KEY[:7]}{gap}{KEY[7:]}" for gap in ("**", "_", "~~", "`", "\\")),
        KEY.replace("/", r"\/"),
        *(f"{KEY[:7]}{gap}{KEY[7:]}" for gap in (r"\u200b", r"\xc2\xad", r"\n", r"\\u00ad")),
    ],
)
def test_a_known_key_is_found(known: KnownKeys, written: str) -> None:
    """With blanks, colours and what markdown does not show, and escaped as JSON, Python or URLs."""
    assert known.redact(f"It is {written}!") == "It is [key removed]!"
    assert known.redact(f"{written}, {written}") == "[key removed], [key removed]"


@pytest.mark.parametrize("key", ["My_Own~Key*42", "own`key\\\\_4242"])
def test_a_key_with_marks_in_it_is_found(key: str) -> None:
    """Also where they are escaped."""
    keys = KnownKeys()
    keys.add(key)
    for form in ("%s", "%%%02x", r"\u%04x", r"\x%02x"):
        written = "".join(form % (char if form == "%s" else ord(char)) for char in key)
        assert keys.redact(f"({written})") == "([key removed])"


@pytest.mark.parametrize("text", ["", "My own server has a key.", KEY[:-1], "%zz \\u12 \\x1b[ 🙂"])
def test_the_rest_stays(known: KnownKeys, text: str) -> None:
    """Character by character."""
    assert known.redact(text) == text


def test_one_key_within_another(known: KnownKeys) -> None:
    """Nothing of the longer one is left, in any order."""
    known.add(OTHER)
    known.add("42=long!" + "er")
    assert known.redact(f"({OTHER})") == "([key removed])"


def test_a_key_is_known_as_long_as_somebody_uses_it(known: KnownKeys) -> None:
    """Two providers may have the same one; one that was never known is no error."""
    known.add(KEY)
    known.discard(KEY)
    known.discard("never-known-before")
    assert KEY not in known.redact(KEY)
    known.discard(KEY)
    assert known.redact(KEY) == KEY


def test_short_keys_are_words(known: KnownKeys) -> None:
    """A local server takes "none" or "ollama"; descriptions must not suffer from it."""
    for key in ("", "none", "ollama", "sk-1234", "%6e%6f%6e%65"):
        known.add(key)
    assert known.redact("Nobody, none at the Ollama") == "Nobody, none at the Ollama"


@pytest.mark.parametrize(
    ("text", "removed"),
    [
        *((f"{start}{'a1B2' * 5}", True) for start in ("sk-", "xai-", "pplx-", "gsk_", "AIza")),
        ("AQ.Ab8RN6-0123456789xyz", True),
        *((word, False) for word in ("skraldespandslåget", "skateboarding-tournament")),
        *((word, False) for word in ("skateboardkjøreren", "skyltfönsterdekoratören", "sk-8")),
        ("desk-lampe-mit-einem-sehr-langen-Namen", False),
    ],
)
def test_what_looks_like_a_key(text: str, removed: bool) -> None:
    """A picture may show somebody else's; words of any language are none."""
    assert (redact(text) == "[key removed]") is removed


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(st.sampled_from("aAb-\\ux0%617 \u200b")), st.text(st.sampled_from("aAb-\\ux06 ")))
def test_no_mixture_hides_a_key(before: str, after: str) -> None:
    """Whatever stands around it."""
    known = KnownKeys()
    known.add("ab-ab-ab-x")
    assert "ab-ab-ab-x" not in known.redact(f"{before} ab-ab-ab-x {after}").lower()


def test_json_that_says_a_key(known: KnownKeys) -> None:
    """Before it is decoded and after."""
    body = json.dumps({"say": KEY + "é" + KEY})
    assert KEY not in known.redact(body)
    assert KEY not in known.redact(json.loads(body)["say"])


GAPS = ("", " ", "é", "\u200b", "\x1b[31m", "\x1b", "**", "~~", "_", r"\n", r"\u200b", r"\x1b[0m")


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.lists(st.sampled_from(GAPS), max_size=4), min_size=len(KEY), max_size=len(KEY)))
def test_no_mixture_within_a_key_hides_it(gaps: list[list[str]]) -> None:
    """Several things between two characters, too."""
    known = KnownKeys()
    known.add(KEY)
    written = "".join(char + "".join(gap) for char, gap in zip(KEY, gaps, strict=True))
    assert known.redact(f"({written})").startswith("([key removed]")
