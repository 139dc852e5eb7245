"""Help to test the reader of model texts."""

import json

from custom_components.eyewitness.chain.task import Reply
from custom_components.eyewitness.pipeline.answer import Answer, read
from tests.chain.fakes import GOOD


def answer(text: str, *, truncated: bool = False) -> Answer:
    """Read one reply's text."""
    return read(Reply(text=text, model="m", truncated=truncated))


def fields(**changed: object) -> str:
    """Return a good answer as JSON with some fields changed."""
    return json.dumps({**json.loads(GOOD), **changed})
