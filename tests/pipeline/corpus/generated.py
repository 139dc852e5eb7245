"""Two thousand texts: those written by hand, and each kind of them in many wrappings."""

from collections.abc import Callable, Iterator
from html import escape
from itertools import cycle
import json
import re
from typing import Any, Final

from custom_components.eyewitness.chain.failures import Failure

from . import Case, Scene
from .broken import BROKEN, MAN
from .malformed import ERRORS, NOTHING, THOUGHTS
from .more import BROKEN_DOWN, DECLINED, SEEN
from .refusals import REFUSALS
from .scenes import SCENES, STAY
from .unseen import BROKEN_OTHERWISE, DECLINED_OTHERWISE, SEEN_OTHERWISE


def _fields(scene: Scene) -> dict[str, Any]:
    return {
        "title": scene.title,
        "description": scene.description,
        "objects": list(scene.objects),
        "confidence": scene.confidence,
        "importance": scene.importance,
    }


def _json(scene: Scene) -> str:
    return json.dumps(_fields(scene), ensure_ascii=False)


def _changed(**change: Callable[[Any], Any]) -> Callable[[Scene], str]:
    def write(scene: Scene) -> str:
        found = _fields(scene)
        return json.dumps({k: change[k](v) if k in change else v for k, v in found.items()})

    return write


WHOLE: Final[dict[str, Callable[[Scene], str]]] = {
    "bare": _json,
    "ascii": lambda scene: json.dumps(_fields(scene)),
    "indented": lambda scene: json.dumps(_fields(scene), indent=2),
    "fence": lambda scene: f"```json\n{_json(scene)}\n```",
    "words around": lambda scene: f"Here is the JSON:\n{_json(scene)}\nAnything else?",
    "BOM": lambda scene: f"\ufeff{_json(scene)}",
    "think": lambda scene: f"<think>Hm, is it {{a cat}}?</think>\n{_json(scene)}",
    "lost think": lambda scene: f'Maybe {{"description": "a cat"}}.\n</think>\n{_json(scene)}',
    "said think": lambda scene: f"Okay, the user wants JSON. I see it.\n\n{_json(scene)}",
    "draft": lambda scene: f'{{"title": "?", "description": "A draft"}}\n\nBetter:\n{_json(scene)}',
    "tokens": lambda scene: f"<|im_start|>assistant\n{_json(scene)}<|im_end|>",
    "box": lambda scene: f"<|begin_of_box|>{_json(scene)}<|end_of_box|>",
    "harmony": lambda scene: (
        "<|channel|>analysis<|message|>A cat?<|end|><|start|>assistant<|channel|>final"
        f"<|message|>{_json(scene)}<|return|>"
    ),
    "trailing comma": lambda scene: f"{_json(scene)[:-1]},}}",
    "comment": lambda scene: _json(scene).replace(', "objects"', ', // what is there\n"objects"'),
    "python": lambda scene: repr(_fields(scene)),
    "capitals": lambda scene: json.dumps({k.title(): v for k, v in _fields(scene).items()}),
    "wrapped": lambda scene: json.dumps({"answer": _fields(scene)}),
    "in a list": lambda scene: json.dumps([_fields(scene)]),
    "in a text": lambda scene: json.dumps(_json(scene)),
    "list": _changed(description=lambda text: [text]),
    "objects as text": _changed(objects=", ".join),
    "objects as objects": _changed(objects=lambda names: [{"label": name} for name in names]),
    "percent": _changed(confidence=lambda number: f"{number}%"),
    "share": _changed(confidence=lambda number: str(number / 100)),
    "Importance": _changed(importance=str.title),
    "entities": _changed(description=lambda text: escape(text).replace(" ", "&#32;")),
    "escaped": lambda scene: _json(scene).replace('"', "&quot;"),
    "loop": _changed(description=lambda text: f"{text} " * 50),
    "not closed": lambda scene: _json(scene)[:-1],
    "no commas": lambda scene: json.dumps(_fields(scene), indent=1).replace(",\n", "\n"),
    "labels": lambda scene: "\n".join(
        f"{k.title()}: {', '.join(v) if isinstance(v, list) else v}"
        for k, v in _fields(scene).items()
    ),
}
"""Ways to write all five fields."""

TOLD: Final[dict[str, Callable[[str], str]]] = {
    "prose": str,
    "fenced prose": lambda text: f"```\n{text}\n```",
    "prose after thoughts": lambda text: f"<think>A cat? No.</think>\n\n{text}",
    "prose with tokens": lambda text: f"{text}<|im_end|>\n<|endoftext|>",
    "one field": lambda text: json.dumps({"description": text}),
}
"""Ways to write the description alone."""

SAID: Final[dict[str, Callable[[str], str]]] = {
    "in a field": lambda text: json.dumps({"title": "Camera", "description": text}),
    "after thoughts": lambda text: f"<think>What is this?</think>{text}",
    "with tokens": lambda text: f"<|im_start|>assistant\n{text}<|im_end|>",
    "in Python": lambda text: repr({"description": text}),
}
"""Ways to write what is no answer."""


def _by_hand() -> Iterator[Case]:
    for text, objects, confidence, importance in BROKEN:
        want = f'"{MAN}"' if "&quot;A man" in text and text.startswith('{"') else MAN
        yield Case("broken", text, want, False, objects, confidence, importance)
    yield from (Case("stays", text, text) for text in STAY)
    yield from (Case("refusal", text, Failure.REFUSED) for text in REFUSALS)
    yield from (Case("structured refusal", text, Failure.REFUSED, True) for text in REFUSALS[:20])
    yield from (Case("error", text, Failure.MALFORMED) for text in ERRORS)
    yield from (Case("nothing", text, Failure.MALFORMED) for text in NOTHING)
    yield from (Case("thought", text, Failure.MALFORMED) for text in THOUGHTS)
    yield from (Case("stays", text, text) for text in [*SEEN, *SEEN_OTHERWISE])
    yield from (Case("refusal", text, Failure.REFUSED) for text in [*DECLINED, *DECLINED_OTHERWISE])
    yield from (
        Case("malformed", text, Failure.MALFORMED) for text in [*BROKEN_DOWN, *BROKEN_OTHERWISE]
    )
    yield from (Case("structured prose", text, Failure.MALFORMED, True) for text in STAY[:10])


def _in_wrappings() -> Iterator[Case]:
    for kind, write in WHOLE.items():
        for scene in SCENES:
            facts = (scene.objects, scene.confidence, scene.importance)
            yield Case(kind, write(scene), scene.description, kind != "labels", *facts)
    for text, (kind, tell) in zip(
        [*STAY, *(s.description for s in SCENES)] * 2, cycle(TOLD.items())
    ):
        yield Case(kind, tell(text), text)
    for kinds, failure, texts in (
        ("refusal", Failure.REFUSED, REFUSALS),
        ("error", Failure.MALFORMED, [text for text in ERRORS if not re.match(r"[{<&d]", text)]),
        ("nothing", Failure.MALFORMED, NOTHING),
    ):
        for text, (kind, say) in zip(texts, cycle(SAID.items())):
            yield Case(f"{kinds} {kind}", say(text), failure)


def by_hand() -> list[Case]:
    """Return what was written by hand."""
    return list(_by_hand())


def cases() -> list[Case]:
    """Return all of it, the same in every run."""
    found = [*by_hand(), *_in_wrappings()]
    return list({(case.text, case.structured): case for case in found}.values())
