"""libjpeg-turbo decodes what Pillow decodes, to the last bit, and leaves everything else to it."""

from ctypes import CDLL
from random import Random
from unittest.mock import Mock

from PIL import Image
import pytest

from custom_components.eyewitness.chain.task import Picture
from custom_components.eyewitness.pictures import turbo
from custom_components.eyewitness.pictures.decode import BAD_IMAGE
from custom_components.eyewitness.pictures.prepare import prepare
from tests.pictures.scenes import encoded, held_as

type Decoded = list[Image.Image | None]

_SIZE = (141, 99)
_NOISE = Image.effect_noise(_SIZE, 70)
_COLOURS = Image.merge(
    "RGB", (_NOISE, _NOISE.rotate(180), _NOISE.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
)
TAKEN = {
    **{f"4:{sub}": encoded(_COLOURS, subsampling=f"4:{sub}") for sub in ("4:4", "2:2", "2:0")},
    "grey": encoded(_NOISE),
    "RGB": encoded(_COLOURS, keep_rgb=True),
    "restarts": encoded(_COLOURS, restart_marker_blocks=3),
    "optimized": encoded(_COLOURS, optimize=True, quality=99),
    "held upright": encoded(_COLOURS, exif=held_as(6)),
}
LEFT = {
    "CMYK": encoded(_COLOURS.convert("CMYK")),
    "progressive": encoded(_COLOURS, progressive=True),
    "without its end": encoded(_COLOURS)[:-2],
}


@pytest.fixture
def decoded(libturbojpeg: None, monkeypatch: pytest.MonkeyPatch) -> Decoded:
    """Collect what libjpeg-turbo returns."""
    found: Decoded = []
    decode = turbo.decode

    def spy(jpeg: bytes, side: int) -> Image.Image | None:
        found.append(decode(jpeg, side))
        return found[-1]

    monkeypatch.setattr(turbo, "decode", spy)
    return found


def outcome(data: bytes, side: int) -> Picture | None:
    """Return the picture, None when it is refused."""
    try:
        return prepare(data, side)
    except BAD_IMAGE:
        return None


def by_pillow(data: bytes, side: int) -> Picture | None:
    """Return what becomes of a picture where there is no libjpeg-turbo."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(turbo, "library", lambda: None)
        return outcome(data, side)


@pytest.mark.parametrize("side", [141, 71, 36, 18])
@pytest.mark.parametrize("kind", TAKEN)
def test_the_same_pixels(decoded: Decoded, kind: str, side: int) -> None:
    """Whole, at a half, a quarter and an eighth, where Pillow needs no other factor."""
    taken = outcome(TAKEN[kind], side)
    assert decoded != [None]
    assert len(decoded) == 1
    assert taken is not None
    assert max(taken.width, taken.height) == side
    assert taken == by_pillow(TAKEN[kind], side)


@pytest.mark.parametrize("kind", LEFT)
def test_what_is_left_to_pillow(decoded: Decoded, kind: str) -> None:
    """What is decoded as a whole, has other colours or lacks its end is no matter for it."""
    assert outcome(LEFT[kind], 141) == by_pillow(LEFT[kind], 141)
    assert not any(decoded)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("side", [141, 71])
@pytest.mark.parametrize("kind", [*TAKEN, *LEFT])
def test_e10_damaged_files(decoded: Decoded, kind: str, side: int) -> None:
    """Pillow and libjpeg-turbo make the same of them, and nobody is warned of anything."""
    good, random = {**TAKEN, **LEFT}[kind], Random(f"{kind} {side}")
    pictures = 0
    for _ in range(200):
        data = bytearray(good)
        for _ in range(random.randint(1, 4)):
            at = random.randrange(len(data))
            if random.random() < 0.3:
                del data[at : at + random.randint(1, 20)]
            else:
                data[at] = random.choice((0, 0xFF, random.randrange(256)))
        found = outcome(bytes(data), side)
        assert found == by_pillow(bytes(data), side)
        pictures += found is not None
    assert 0 < pictures < 200


def test_too_many_pixels(decoded: Decoded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is decoded: a file whose pixels have run out is no proof of that."""
    library = Mock(wraps=turbo.library())
    monkeypatch.setattr(turbo, "library", lambda: library)
    data = bytearray(TAKEN["grey"])
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = (9000).to_bytes(2) + (9000).to_bytes(2)
    assert turbo.decode(bytes(data), 1344) is None
    assert outcome(bytes(data), 1344) is None
    library.tjDecompress2.assert_not_called()


GREY = TAKEN["grey"]
_AT = GREY.index(b"\xff\xc0") + 5


@pytest.mark.parametrize(
    ("data", "good"),
    [
        (GREY, True),
        (GREY[: len(GREY) // 2] + b"\xff\xd9", False),
        (GREY[:_AT], False),
        (GREY[:_AT] + b"\xff" * 4 + GREY[_AT + 4 :], False),
    ],
    ids=["good", "cut", "no picture", "too many pixels"],
)
def test_nothing_is_left_behind(
    libturbojpeg: None, monkeypatch: pytest.MonkeyPatch, data: bytes, good: bool
) -> None:
    """What was allocated for a picture is freed, however it ends."""
    library = Mock(wraps=turbo.library())
    monkeypatch.setattr(turbo, "library", lambda: library)
    assert (turbo.decode(data, 1344) is not None) is good
    used = library.tjDecompressHeader3.call_args[0][0]
    library.tjDestroy.assert_called_once_with(used)


@pytest.mark.parametrize("found", [OSError(), [object()] * 2], ids=["none", "another"])
def test_a_machine_without_it(found: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is missing, or has other functions: nobody needs to know."""
    monkeypatch.setattr(turbo, "CDLL", Mock(side_effect=found))
    monkeypatch.setattr(turbo, "library", turbo.library.__wrapped__)
    assert turbo.decode(TAKEN["grey"], 1344) is None
    assert outcome(TAKEN["grey"], 141) is not None


def test_no_memory_for_it(decoded: Decoded, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library says so by a null pointer."""
    monkeypatch.setattr(turbo, "library", lambda: Mock(spec=CDLL, tjInitDecompress=lambda: None))
    assert turbo.decode(TAKEN["grey"], 1344) is None
    assert outcome(TAKEN["grey"], 141) is not None
