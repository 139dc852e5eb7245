"""Home Assistant's log, and what in it is not ours."""

import re

_HEAD = re.compile(r"^\d{4}-\d\d-\d\d [\d:.]+ (?P<level>[A-Z]+) \([^)]*\) \[(?P<logger>[^\]]+)\]")

FOREIGN = (
    (r"\[homeassistant\.bootstrap\] Skipping pip installation", "how the tests start it"),
    (r"\[homeassistant\.loader\] We found a custom integration eyewitness", "said of all of them"),
    (r"\[haffmpeg\.(core|tools)\]", "no ffmpeg on this machine"),
    (
        r"\[homeassistant\.components\.camera\.img_util\] Error loading libturbojpeg",
        "not installed",
    ),
    (
        (
            r"\[homeassistant\.components\.websocket_api\.http\.connection\] \[\d+\] (Error during"
            r" service call to eyewitness\.describe_camera_event: No provider could|There is no"
            r" (camera or image called camera\.nowhere|provider called skynet))"
        ),
        "the core's line for each action that fails, and tests let these fail",
    ),
    (r"\[aiohttp_fast_zlib\]", "an optional library that is not installed"),
    (r"\[homeassistant\.components\.recorder\.util\] The system could not validate", "power cut"),
    (r"\[homeassistant\.components\.recorder\.util\] Ended unfinished session", "power cut"),
)
"""Warnings and errors that are not ours, each with its cause."""


def records(log: str) -> list[tuple[str, str, str]]:
    """Return level, logger and full text of each record, tracebacks included."""
    found: list[tuple[str, str, list[str]]] = []
    for line in log.splitlines():
        if head := _HEAD.match(line):
            found.append((head["level"], head["logger"], [line]))
        elif found:
            found[-1][2].append(line)
    return [(level, logger, "\n".join(lines)) for level, logger, lines in found]


def trouble(log: str, *expected: str) -> list[str]:
    """Return warnings and errors with a cause that is neither foreign nor expected."""
    return [
        text
        for level, _, text in records(log)
        if level in {"WARNING", "ERROR", "CRITICAL"}
        and not any(re.search(pattern, text) for pattern, _ in FOREIGN)
        and not any(re.search(pattern, text) for pattern in expected)
    ]
