"""What an event tells, and in which order."""

import pytest

from tests.kit import House

pytestmark = pytest.mark.usefixtures("camera")


async def test_the_response_begins_with_what_people_look_for(house: House) -> None:
    """Home Assistant shows the fields in the order in which they come."""
    await house.set_up("openai")
    names = list(await house.describe())
    assert names[:2] == ["title", "description"]
    assert names.index("attempts") > names.index("provider")
