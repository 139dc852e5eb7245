"""Text from a model is shown as it was meant, and moves nothing on the page that shows it."""

from html import unescape
import re
from time import thread_time

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.chain.redaction import KNOWN
from custom_components.eyewitness.chain.text import clean
from tests.hostile_texts import HARMLESS, HOST, HOSTILE, URL

LIMIT = 300
ACTIVE = re.compile(
    r"\]\(|\]:|\]\[|\[!|<[a-z/!?]|://|www\.|```|~~~|\w@\w+\.|^(#{1,6}|[-*+]) |^>(?!\s*=?\s*\d)",
    re.IGNORECASE,
)
"""What Home Assistant's markdown makes something of; tests/e2e asks the page itself."""


def is_plain(text: str) -> bool:
    """Return whether there is nothing in a text that a page would act on, encoded or not."""
    return not ACTIVE.search(text) and unescape(text) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_what_people_write_stays(text: str) -> None:
    """Signs that mean nothing to a page are left alone."""
    assert clean(text, LIMIT) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_is_left_to_act_on(text: str) -> None:
    """Links, pictures, tags, alerts and headings are plain words in the end."""
    cleaned = clean(text, LIMIT)
    assert is_plain(cleaned), cleaned
    assert re.search(r"evil|man|parcel", cleaned), "the words are still there"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"See {URL}.", f"See {HOST}/x."),
        ("A van of www.dhl.example (https://www.ups.example).", None),
        ("Write to info@dhl.example.", "Write to info @dhl.example."),
        ("[blurred](left)", "[blurred] (left)"),
        ("a <b> c", "a < b> c"),
        ("- A man", "A man"),
        ("## A man", "A man"),
        ("A &amp; B &lt;3", "A & B <3"),
        ("it&#39;s", "it's"),
    ],
)
def test_how_it_reads(text: str, shown: str | None) -> None:
    """As little is changed as will do."""
    assert clean(text, LIMIT) == (shown or "A van of dhl.example (ups.example).")


SIGNS = st.text(
    st.sampled_from("[]()!<>&#;:/\\`~@.*-_ wahtps1\u200d\u00ad\n"), max_size=30
) | st.lists(
    st.sampled_from(
        [
            "https",
            "://",
            "www.",
            "](",
            "[!",
            "&",
            "amp;",
            "#91;",
            "<",
            "img",
            "> ",
            "# ",
            "\\",
            "```",
        ]
    ),
    max_size=12,
).map("".join)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(SIGNS)
def test_no_mixture_of_signs_comes_through(text: str) -> None:
    """Taking one thing out does not make another."""
    cleaned = clean(text, LIMIT)
    assert is_plain(cleaned), cleaned
    assert clean(cleaned, LIMIT) == cleaned


def test_no_half_of_a_key_is_left_where_a_text_is_cut() -> None:
    """Padding that is not shown can bring the place of the cut into a key."""
    key, limit = "My-Own.Server/key+42=", 80
    KNOWN.add(key)
    scanned = limit * policy.SCANNED_PER_CHAR + policy.KEY_CHARS_MAX
    for shown in range(len(key)):
        padding = "\u200b" * (scanned - len("A man ") - shown)
        assert "My-" not in clean(f"A man {padding}{key}", limit)
        assert "My-" not in clean(f"A man {key * 99}"[: scanned + shown], limit)
    KNOWN.discard(key)


@pytest.mark.parametrize("taken_out", ["https://", "www.", "```", "https://ww" + "w.", "\\"])
@pytest.mark.parametrize("after", ["", "(//evil.example)", ": //evil.example"])
def test_nothing_that_is_taken_out_brings_a_key_together(taken_out: str, after: str) -> None:
    """Nor does what stands in the key's place act on a page."""
    key = "My-Own.Server/key+42="
    KNOWN.add(key)
    cleaned = clean(f"A man {key[:14]}{taken_out}{key[14:]}, {key}{after}", LIMIT)
    KNOWN.discard(key)
    assert key not in cleaned.replace(" ", "")
    assert cleaned.count("[key removed]") == 2
    assert is_plain(cleaned)


@pytest.mark.parametrize("piece", ["word ", "&amp;", "\u200b", "a@", "[!", "w", "\\", "> "])
def test_a_megabyte_is_cut_before_it_is_searched(piece: str) -> None:
    """A text a hundred times as long takes hardly longer."""

    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        began = thread_time()
        for _ in range(3):
            clean(text, 2000)
        return thread_time() - began

    short = max(seconds(20_000), 0.002)
    assert seconds(2_000_000) < 5 * short
