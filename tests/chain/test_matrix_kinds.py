"""Rows 16 to 31 of the fault matrix: what follows from each kind of failure."""

import asyncio

import pytest

from custom_components.eyewitness.chain.failures import Kind

from .fakes import FRAME, SMALL, VENDORS, Step, World, fail, ok, virtual


@virtual
async def test_row_16_a_success_clears_the_quota(world: World) -> None:
    """The reason for the bench goes with the first answer after it."""
    world.add("openai", fail(Kind.QUOTA), ok())
    world.add("grok")
    await world.ask()
    assert world.standing("openai").bench_kind is Kind.QUOTA
    await asyncio.sleep(3601)
    assert (await world.ask()).trail == [("openai", "ok")]
    assert world.standing("openai").bench_kind is None


@pytest.mark.parametrize(
    ("row", "kind", "seconds"),
    [
        ("17 and 18", Kind.AUTH, 300),
        ("19", Kind.FORBIDDEN, 3600),
        ("20", Kind.MODEL_MISSING, 10**7),
    ],
    ids=["row_17_18_auth", "row_19_forbidden", "row_20_model_missing"],
)
@virtual
async def test_one_request_then_left_alone(
    world: World, row: str, kind: Kind, seconds: float
) -> None:
    """A hundred events meanwhile are answered by the next and ask the first nothing."""
    world.add("openai", fail(kind))
    world.add("grok")
    assert (await world.ask()).trail == [("openai", kind.value), ("grok", "ok")]
    for _ in range(100):
        await asyncio.sleep((seconds - 1) / 100)
        assert (await world.ask()).trail == [("grok", "ok")]
    assert not world.standing("openai").on_probation


@virtual
async def test_row_20_another_model_is_tried_at_once(world: World) -> None:
    """When the provider has chosen another model, its next request is another question."""
    world.add("openai", fail(Kind.MODEL_MISSING, status=404, adapted=True), ok())
    world.add("grok")
    ended = await world.ask()
    assert ended.trail == [("openai", "model_missing"), ("openai", "ok")]
    assert ended.seconds == 0.0


@virtual
async def test_row_21_a_rejected_request_leaves_the_circuit_alone(world: World) -> None:
    """Our mistake is not the vendor's; five events in a row and it is spared for an hour."""
    world.add("openai", fail(Kind.BAD_REQUEST, status=400))
    world.add("grok")
    for _ in range(5):
        assert (await world.ask()).trail == [("openai", "bad_request"), ("grok", "ok")]
        assert not world.standing("openai").on_probation
    assert (await world.ask()).trail == [("grok", "ok")]
    await asyncio.sleep(3601)
    assert (await world.ask()).trail[0] == ("openai", "bad_request")


@pytest.mark.parametrize("healthy", [ok(), fail(Kind.REFUSED)], ids=["answer", "refusal"])
@virtual
async def test_row_21_rejections_count_in_a_row_only(world: World, healthy: Step) -> None:
    """An accepted request in between, even one without an answer, starts the count again."""
    rejected = fail(Kind.BAD_REQUEST)
    world.add("openai", *[rejected] * 4, healthy, rejected)
    world.add("grok")
    for _ in range(6):
        await world.ask()
    assert len(world.asked("openai")) == 6
    assert world.standing("openai").bench_kind is None


@virtual
async def test_row_21_a_dropped_parameter_is_tried_once(world: World) -> None:
    """A provider that changed its request may ask again at once, but not for ever."""
    world.add("openai", fail(Kind.BAD_REQUEST, adapted=True))
    world.add("grok")
    assert (await world.ask()).trail == [("openai", "bad_request")] * 2 + [("grok", "ok")]


@virtual
async def test_row_22_a_too_large_picture_is_shrunk_once(world: World) -> None:
    """The same provider gets the smaller picture."""
    world.add("openai", fail(Kind.TOO_LARGE, status=413), ok())
    world.add("grok")
    ended = await world.ask()
    assert ended.trail == [("openai", "too_large"), ("openai", "ok")]
    assert [request.frame.jpeg for request in world.requests] == [FRAME.jpeg, SMALL.jpeg]
    assert [attempt.image_bytes for attempt in ended.attempts] == [1000, 100]


@virtual
async def test_row_23_the_next_gets_the_small_picture(world: World) -> None:
    """Too large twice hands over, with the picture that was made smaller; nothing is counted."""
    world.add("openai", fail(Kind.TOO_LARGE))
    world.add("grok")
    for _ in range(4):
        ended = await world.ask()
        assert ended.trail == [("openai", "too_large")] * 2 + [("grok", "ok")]
        assert world.requests[-1].frame.jpeg == SMALL.jpeg
    assert world.shrinks == 4
    assert not world.standing("openai").on_probation


@pytest.mark.parametrize("fault", [OSError("broken picture"), MemoryError()])
@virtual
async def test_row_23_a_picture_that_cannot_be_shrunk(
    world: World, fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """The walk goes on to the next provider instead of ending in our own error."""
    world.shrink_fault = fault
    world.add("openai", fail(Kind.TOO_LARGE))
    world.add("grok")
    assert (await world.ask()).trail == [("openai", "too_large"), ("grok", "ok")]
    assert type(fault).__name__ in caplog.text
    assert "broken picture" not in caplog.text


@virtual
async def test_row_23_shrinking_ends_with_the_deadline(world: World) -> None:
    """A stuck executor cannot hold an event beyond its time."""
    world.shrink_seconds = 1000.0
    world.add("openai", fail(Kind.TOO_LARGE))
    ended = await world.ask(seconds=20)
    assert ended.trail == [("openai", "too_large")]
    assert ended.seconds == pytest.approx(20)


@virtual
async def test_row_24_a_refusal_is_handed_on(world: World) -> None:
    """Another vendor may see nothing wrong with the picture."""
    world.add("openai", fail(Kind.REFUSED))
    world.add("grok")
    ended = await world.ask()
    assert ended.trail == [("openai", "refused"), ("grok", "ok")]
    assert ended.seconds == 0.0


@virtual
async def test_row_25_everybody_refuses(world: World) -> None:
    """Each is asked once per event, and no circuit ever opens for it."""
    for vendor in VENDORS:
        world.add(vendor, fail(Kind.REFUSED))
    for _ in range(4):
        ended = await world.ask()
        assert ended.trail == [(vendor, "refused") for vendor in VENDORS]
    assert not any(standing.on_probation for standing in world.standings().values())


@virtual
async def test_row_26_a_captive_portal_gets_one_retry(world: World) -> None:
    """Then the next; counted once for the event."""
    world.add("openai", fail(Kind.MALFORMED, status=200))
    world.add("grok")
    for _ in range(3):
        ended = await world.ask()
        assert ended.trail == [("openai", "malformed")] * 2 + [("grok", "ok")]
        assert ended.seconds == 0.0
    assert world.standing("openai").open


@virtual
async def test_row_26_an_oversized_reply_gets_none(world: World) -> None:
    """Asking again for more than we read would cost as much again."""
    world.add("openai", fail(Kind.MALFORMED, oversize=True))
    world.add("grok")
    assert (await world.ask()).trail == [("openai", "malformed"), ("grok", "ok")]


@virtual
async def test_row_27_a_broken_reply_then_a_good_one(world: World) -> None:
    """The one retry brings the answer from the same provider."""
    world.add("openai", fail(Kind.MALFORMED), ok())
    world.add("grok")
    assert (await world.ask()).trail == [("openai", "malformed"), ("openai", "ok")]


@pytest.mark.parametrize("text", ["", "  \n ", '{"description": null}', '{"description": " "}'])
@virtual
async def test_row_28_an_answer_without_words(world: World, text: str) -> None:
    """A reply that came and says nothing is malformed; what it used is booked."""
    world.add("openai", ok(text))
    world.add("grok")
    ended = await world.ask()
    assert ended.trail == [("openai", "malformed")] * 2 + [("grok", "ok")]
    assert ended.attempts[0].model == "billed"
    assert ended.attempts[0].cost == pytest.approx(0.0011)


@virtual
async def test_row_29_a_cut_off_answer_is_accepted(world: World) -> None:
    """Half a sentence says more than none, and says that it is half."""
    world.add("openai", ok('{"title": "A man", "description": "A man walks to', truncated=True))
    ended = await world.ask()
    assert ended.verdict.answer is not None
    assert ended.verdict.answer.description == "A man walks to"
    assert ended.verdict.answer.truncated


@virtual
async def test_row_31_a_redirect_is_not_tried_again(world: World) -> None:
    """The chain's part: hand over, count it."""
    world.add("openai", fail(Kind.REDIRECT, status=302))
    world.add("grok")
    for _ in range(3):
        assert (await world.ask()).trail == [("openai", "redirect"), ("grok", "ok")]
    assert world.standing("openai").open
