"""Home Assistant's log, and what in it is not ours."""

import re

_HEAD = re.compile(r"^\d{4}-\d\d-\d\d [\d:.]+ (?P<level>[A-Z]+) \([^)]*\) \[(?P<logger>[^\]]+)\]")

FOREIGN = (
    r"\[homeassistant\.bootstrap\] Skipping pip installation",  # the harness starts it so
    r"\[homeassistant\.loader\] We found a custom integration eyewitness",  # any of them
    r"\[haffmpeg\.(core|tools)\]",  # no ffmpeg on this machine
    r"\.camera\.img_util\] Error loading libturbojpeg",  # not installed
    r"\[aiohttp_fast_zlib\]",  # not installed either
    r"\.recorder\.util\] (The system could not validate|Ended unfinished session)",  # power cut
    # The core's line for each action that fails, and tests let these fail.
    r"connection\] \[\d+\] Error during service call to eyewitness\.\S+: No provider c(?:ould|an) ",
    r"automation\.describe_and_notify\] .* No provider could describe",
    # Its line for each picture that is asked for without a signature.
    r"\.http\.ban\] Login attempt .* Requested URL: '/api/eyewitness/events/",
    r"connection\] \[\d+\] There is no camera or image called camera\.nowhere",
    r"connection\] \[\d+\] (skynet is not one of your providers|The field \w+ says )",
)
"""Warnings and errors that are not ours."""


def records(log: str) -> list[tuple[str, str, str]]:
    """Return level, logger and full text of each record, tracebacks included."""
    found: list[tuple[str, str, list[str]]] = []
    for line in log.splitlines():
        if head := _HEAD.match(line):
            found.append((head["level"], head["logger"], [line]))
        elif found:
            found[-1][2].append(line)
    return [(level, logger, "\n".join(lines)) for level, logger, lines in found]


def check(log: str, *expected: str) -> None:
    """Find no blocking call, and no warning or error that is neither foreign nor expected."""
    trouble = [
        text
        for level, _, text in records(log)
        if level in {"WARNING", "ERROR", "CRITICAL"}
        and not any(re.search(pattern, text) for pattern in (*FOREIGN, *expected))
    ]
    assert not trouble, "\n\n".join(trouble)
    assert "blocking call" not in log.lower()
