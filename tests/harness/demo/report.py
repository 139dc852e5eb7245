"""The answer as a small table."""

from collections.abc import Sequence
import textwrap
from typing import Any

from tests.harness.eyewitness import NAMES


def answer_text(response: dict[str, Any]) -> str:
    """Return the description with who gave it, every attempt and the cost."""
    objects = ", ".join(response["objects"]) or "none"
    confidence, importance = _or_dash(response["confidence"]), _or_dash(response["importance"])
    return "\n".join(
        [
            f"{response['camera_name']}: {response['title']}",
            *textwrap.wrap(response["description"], 88),
            "",
            f"objects {objects} · confidence {confidence} · importance {importance}",
            "",
            *attempts_table(response["attempts"]),
            "",
            (
                f"answered by {NAMES[response['provider']]} after {response['total_time_ms']} ms,"
                f" {_or_dash(response['tokens_used'])} tokens, {_dollars(response['cost'])} in all"
            ),
        ]
    )


def attempts_table(attempts: Sequence[dict[str, Any]]) -> list[str]:
    """Return one line for each attempt below a line of headings."""
    rows = [("#", "provider", "model", "outcome", "status", "ms", "tokens", "cost")]
    rows += [
        (
            str(number),
            NAMES[attempt["provider"]],
            attempt["model"] or "-",
            attempt["outcome"],
            _or_dash(attempt["status"]),
            str(attempt["response_time_ms"]),
            f"{_or_dash(attempt['input_tokens'])} + {_or_dash(attempt['output_tokens'])}",
            _dollars(attempt["cost"]),
        )
        for number, attempt in enumerate(attempts, 1)
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return [lines[0], "  ".join("-" * width for width in widths), *lines[1:]]


def _or_dash(value: object) -> str:
    return "-" if value is None else str(value)


def _dollars(cost: float | None) -> str:
    return "unknown" if cost is None else f"${cost:.6f}"
