"""The question about a picture: what is the same for every event, and what one adds."""

from custom_components.eyewitness.chain import policy
from custom_components.eyewitness.pipeline.answer import SCHEMA, read
from custom_components.eyewitness.pipeline.prompt import SYSTEM, camera_task
from tests.chain.fakes import PICTURE


def test_row_90_what_people_write_is_in_the_users_part() -> None:
    """Camera name, context, prompt and language; the system's part is always the same."""
    task = camera_task(
        PICTURE,
        camera_name="Front door",
        language="Klingon",
        event_context="Doorbell",
        prompt="Which company?",
        max_tokens=777,
    )
    assert task.system == SYSTEM
    assert task.user.splitlines() == [
        "Camera: Front door",
        "What triggered it: Doorbell",
        "Please note: Which company?",
        "Write title and description in this language: Klingon",
    ]
    assert task.pictures == (PICTURE,)
    assert (task.schema, task.read, task.max_tokens) == (SCHEMA, read, 777)


def test_what_is_not_given_is_not_mentioned() -> None:
    """The camera's name and a language are always there."""
    task = camera_task(PICTURE, camera_name="Front door")
    assert task.system == SYSTEM
    assert task.user.splitlines() == [
        "Camera: Front door",
        "Write title and description in this language: English",
    ]
    assert task.max_tokens == policy.MAX_TOKENS
