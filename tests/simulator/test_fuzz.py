"""No request, however wrong, may break the simulator itself."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
from multidict import CIMultiDict
import pytest

from . import KEYS, VENDORS, Vendor
from .catalog import Catalog
from .samples import describe_sample, picture
from .vendors import DIALECTS
from .wire import TRUTH, Call

_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5000)
    | st.floats(allow_nan=False)
    | st.sampled_from(["text", "user", "object", "enabled", "image", "base64", "", "x"]),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "role", "content", "parts", "properties", "anyOf", "x"]),
            children,
            max_size=3,
        )
    ),
    max_leaves=8,
)


def _paths(value: Any, path: str = "") -> list[str]:
    """Return the way to every value inside a body."""
    items = enumerate(value) if isinstance(value, list) else value.items()
    found = []
    for step, child in items:
        found.append(f"{path}{step}")
        if isinstance(child, list | dict):
            found += _paths(child, f"{path}{step}.")
    return found


@pytest.mark.parametrize("vendor", VENDORS)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_spoilt_bodies(vendor: Vendor, data: st.DataObject) -> None:
    """A body with anything anywhere is answered or refused, and never breaks anything."""
    sample = describe_sample(vendor, picture(16, 16))
    for _ in range(data.draw(st.integers(1, 2))):
        path = data.draw(st.sampled_from(_paths(sample.body)))
        sample.put(path, data.draw(_JSON))
    dialect = DIALECTS[vendor]
    call = Call(
        vendor=vendor,
        endpoint="describe",
        method="POST",
        tail=sample.path.removeprefix("/"),
        query={},
        headers=CIMultiDict(sample.headers | {"Content-Type": "application/json"}),
        raw=json.dumps(sample.body).encode(),
        key=KEYS[vendor],
    )
    reply = dialect.answer(call, Catalog(), TRUTH)
    assert reply.status == 200 or 400 <= reply.status < 500 or reply.status == 501
    if reply.status == 501:
        assert sample.body["stream"]
