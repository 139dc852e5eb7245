"""Say in many odd ways how a camera was held, and what Chromium makes of each.

The pixels are always the same and lie upright, so that a file is turned as far as it says.
"""

from itertools import starmap
import struct
from typing import Final, Literal
import zlib

from tests.pictures.scenes import corners, encoded

type Order = Literal["<", ">"]
type Entry = tuple[int, int, int, bytes]
"""Tag, type, count and the four bytes of the value."""

BYTE, ASCII, SHORT, LONG, RATIONAL, SBYTE, UNDEFINED, SSHORT, SLONG, FLOAT = *range(1, 10), 11
ORIENTATION, MAKE, EXIF_IFD, GPS_IFD = 0x0112, 0x010F, 0x8769, 0x8825
EXIF, XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"
APP0, APP1, APP2, COM = 0xE0, 0xE1, 0xE2, 0xFE

BIG: Order = ">"
LITTLE: Order = "<"


def held(value: int = 6, kind: int = SHORT, count: int = 1, order: Order = BIG) -> Entry:
    """Return the entry for the orientation."""
    short = kind in {SHORT, SSHORT}
    size = "B" if kind in {BYTE, ASCII, SBYTE, UNDEFINED} else "H" if short else "I"
    return ORIENTATION, kind, count, struct.pack(order + size, value).ljust(4, b"\0")


def below(at: int) -> Entry:
    """Return the entry for the directory below."""
    return EXIF_IFD, LONG, 1, struct.pack(">I", at)


def tiff(
    *entries: Entry, order: Order = BIG, at: int = 8, count: int | None = None, after: bytes = b""
) -> bytes:
    """Return EXIF's inner part: a header and a directory, which may lie about its length."""
    head = (b"MM" if order == BIG else b"II") + struct.pack(order + "HI", 42, at)
    number = struct.pack(order + "H", len(entries) if count is None else count)
    body = b"".join(
        struct.pack(order + "HHI", tag, kind, size) + value for tag, kind, size, value in entries
    )
    return head.ljust(at, b"\0") + number + body + (after or b"\0\0\0\0")


def segment(content: bytes, marker: int = APP1) -> bytes:
    """Return a JPEG segment."""
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def exif(inner: bytes, head: bytes = EXIF) -> bytes:
    """Return a JPEG's EXIF segment."""
    return segment(head + inner)


def xmp(text: str) -> bytes:
    """Return XMP that says something about the orientation."""
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" {text}'
        "</rdf:RDF></x:xmpmeta>"
    ).encode()


XMP_ATTRIBUTE = xmp('tiff:Orientation="6"/>')
XMP_ELEMENT = xmp("><tiff:Orientation>6</tiff:Orientation></rdf:Description>")

PLAIN = encoded(corners(64, 48), quality=95)
PROGRESSIVE = encoded(corners(64, 48), quality=95, progressive=True)


def jpeg(*segments: bytes, before: int | None = None, plain: bytes = PLAIN) -> bytes:
    """Return a JPEG with more segments: after the JFIF header, or before the first such marker."""
    at = 20 if before is None else plain.index(bytes((0xFF, before)))
    return plain[:at] + b"".join(segments) + plain[at:]


def _after_first_scan(content: bytes) -> bytes:
    first = PROGRESSIVE.index(b"\xff\xda")
    at = PROGRESSIVE.index(b"\xff\xc4", first)
    return PROGRESSIVE[:at] + content + PROGRESSIVE[at:]


def chunk(name: bytes, content: bytes) -> bytes:
    """Return a part of a PNG."""
    check = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + check


def png(*chunks: tuple[bytes, bytes], before: bytes = b"IDAT") -> bytes:
    """Return a PNG with more chunks."""
    plain = encoded(corners(64, 48), "PNG")
    at = plain.index(before) - 4
    return plain[:at] + b"".join(starmap(chunk, chunks)) + plain[at:]


def _raw_profile(content: bytes) -> bytes:
    """Return EXIF as old programs put it into a PNG's text."""
    return b"Raw profile type exif\0\nexif\n%8d\n%s\n" % (len(content), content.hex().encode())


def webp(*chunks: tuple[bytes, bytes], flags: int = 0x08, first: bool = False) -> bytes:
    """Return an extended WebP with more chunks, after the pixels or before them."""
    pixels = encoded(corners(64, 48), "WEBP", quality=95)[12:]
    size = (64 - 1).to_bytes(3, "little") + (48 - 1).to_bytes(3, "little")
    parts = [
        name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
        for name, content in [(b"VP8X", bytes((flags, 0, 0, 0)) + size), *chunks]
    ]
    more = b"".join(parts[1:])
    body = b"WEBP" + parts[0] + (more + pixels if first else pixels + more)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def avif(turned_by: int = 1, exif_says: int = 1) -> bytes:
    """Return an AVIF that is turned by its own boxes, and has EXIF that may say otherwise."""
    hidden = 0x0128, SHORT, 1, struct.pack(">H2x", exif_says)
    data = encoded(corners(64, 48), "AVIF", quality=95, exif=EXIF + tiff(hidden, held(turned_by)))
    # Pillow takes the orientation out of EXIF when it writes an AVIF, so it is put back here.
    plain, put_back = (struct.pack(">HHI", tag, SHORT, 1) for tag in (0x0128, ORIENTATION))
    assert data.count(plain) == 1
    return data.replace(plain, put_back)


def _odd_sub_directory() -> bytes:
    """Return EXIF whose sub-directory has a number of a type that does not belong there."""
    entry = struct.pack(">HHIf", 0xA000, FLOAT, 1, 1.0)
    return tiff(held(), below(38), after=struct.pack(">IH", 0, 1) + entry + bytes(4))


def _make(order: Order = BIG) -> Entry:
    return MAKE, ASCII, 2, struct.pack(order + "2s2x", b"x\0")


FILES: Final[dict[str, tuple[int, bytes]]] = {
    **{f"short {n}": (n if 1 <= n <= 8 else 1, jpeg(exif(tiff(held(n))))) for n in range(10)},
    "little endian": (6, jpeg(exif(tiff(held(order=LITTLE), order=LITTLE)))),
    "value 65535": (1, jpeg(exif(tiff(held(65535))))),
    "long": (1, jpeg(exif(tiff(held(kind=LONG))))),
    "long, little endian": (1, jpeg(exif(tiff(held(kind=LONG, order=LITTLE), order=LITTLE)))),
    "byte": (1, jpeg(exif(tiff(held(kind=BYTE))))),
    "signed byte": (1, jpeg(exif(tiff(held(kind=SBYTE))))),
    "signed short": (1, jpeg(exif(tiff(held(kind=SSHORT))))),
    "signed long": (1, jpeg(exif(tiff(held(kind=SLONG))))),
    "undefined": (1, jpeg(exif(tiff(held(kind=UNDEFINED))))),
    "undefined, as a short": (1, jpeg(exif(tiff((ORIENTATION, UNDEFINED, 1, b"\0\6\0\0"))))),
    "text": (1, jpeg(exif(tiff(held(ord("6"), ASCII, 2))))),
    "type 0": (1, jpeg(exif(tiff((ORIENTATION, 0, 1, b"\0\6\0\0"))))),
    "type 99": (1, jpeg(exif(tiff((ORIENTATION, 99, 1, b"\0\6\0\0"))))),
    "rational": (
        1,
        jpeg(
            exif(
                tiff(
                    (ORIENTATION, RATIONAL, 1, struct.pack(">I", 26)),
                    after=struct.pack(">III", 0, 6, 1),
                )
            )
        ),
    ),
    "no value": (1, jpeg(exif(tiff(held(count=0))))),
    "two values": (1, jpeg(exif(tiff((ORIENTATION, SHORT, 2, b"\0\6\0\3"))))),
    "three values": (
        1,
        jpeg(
            exif(
                tiff(
                    (ORIENTATION, SHORT, 3, struct.pack(">I", 26)),
                    after=struct.pack(">IHHH", 0, 6, 6, 6),
                )
            )
        ),
    ),
    "three values, nowhere": (1, jpeg(exif(tiff((ORIENTATION, SHORT, 3, b"\0\6\0\0"))))),
    "rubbish behind the value": (6, jpeg(exif(tiff((ORIENTATION, SHORT, 1, b"\0\6\xff\xff"))))),
    "twice, 6 and 3": (6, jpeg(exif(tiff(held(6), held(3))))),
    "twice, 3 and 6": (3, jpeg(exif(tiff(held(3), held(6))))),
    "twice, 6 and 0": (6, jpeg(exif(tiff(held(6), held(0))))),
    "twice, 0 and 6": (6, jpeg(exif(tiff(held(0), held(6))))),
    "twice, 6 and 1": (6, jpeg(exif(tiff(held(6), held(1))))),
    "twice, long 3 and 6": (6, jpeg(exif(tiff(held(3, LONG), held(6))))),
    "not sorted": (6, jpeg(exif(tiff((0x0132, ASCII, 2, b"x\0\0\0"), held(), _make())))),
    "directory far away": (6, jpeg(exif(tiff(held(), at=500)))),
    "directory at an odd place": (6, jpeg(exif(tiff(held(), at=9)))),
    "directory within the header": (1, jpeg(exif(b"MM\0*\0\0\0\6\0\1" + tiff(held())[10:]))),
    "directory at 0": (1, jpeg(exif(b"MM\0*\0\0\0\0" + tiff(held())[8:]))),
    "directory behind the end": (1, jpeg(exif(b"MM\0*\0\0\xff\0" + tiff(held())[8:]))),
    "no directory": (1, jpeg(exif(b"MM\0*\0\0\0\x08"))),
    "empty directory": (1, jpeg(exif(tiff()))),
    "second directory only": (
        1,
        jpeg(exif(tiff(_make(), after=struct.pack(">I", 26) + tiff(held())[8:]))),
    ),
    "first has none, second has": (
        1,
        jpeg(exif(tiff(after=struct.pack(">I", 14) + tiff(held())[8:]))),
    ),
    "sub-directory only": (
        6,
        jpeg(
            exif(
                tiff(
                    below(26),
                    after=struct.pack(">I", 0) + tiff(held())[8:],
                )
            )
        ),
    ),
    "sub-directory says 3": (
        6,
        jpeg(
            exif(
                tiff(
                    held(),
                    below(38),
                    after=struct.pack(">I", 0) + tiff(held(3))[8:],
                )
            )
        ),
    ),
    "odd sub-directory": (6, jpeg(exif(_odd_sub_directory()))),
    "sub-directory behind the end": (
        6,
        jpeg(exif(tiff(held(), (EXIF_IFD, LONG, 1, b"\xff\xff\xff\xff")))),
    ),
    "too many entries promised": (6, jpeg(exif(tiff(held(), count=9)))),
    "65535 entries promised": (6, jpeg(exif(tiff(held(), count=65535)))),
    "too few entries promised": (1, jpeg(exif(tiff(_make(), held(), count=1)))),
    "no next directory": (6, jpeg(exif(tiff(held())[:-4]))),
    "cut in the entry": (1, jpeg(exif(tiff(held())[:-6]))),
    "cut in a later entry": (6, jpeg(exif(tiff(held(), _make())[:-8]))),
    "first entry broken": (6, jpeg(exif(tiff((MAKE, ASCII, 9999, b"\xff\xff\xff\xff"), held())))),
    "first entry of no type": (6, jpeg(exif(tiff((MAKE, 77, 1, b"\0\0\0\0"), held())))),
    "loop": (6, jpeg(exif(tiff(held(), after=struct.pack(">I", 8))))),
    "magic 43": (1, jpeg(exif(tiff(held()).replace(b"MM\0*", b"MM\0+")))),
    "magic 0": (1, jpeg(exif(tiff(held()).replace(b"MM\0*", b"MM\0\0")))),
    "no byte order": (1, jpeg(exif(tiff(held()).replace(b"MM", b"XX")))),
    "byte order IM": (1, jpeg(exif(tiff(held()).replace(b"MM", b"IM")))),
    "wrong byte order": (1, jpeg(exif(tiff(held()).replace(b"MM\0*", b"II\0*")))),
    "value in the other byte order": (1, jpeg(exif(tiff(held(6, order=LITTLE))))),
    "head Exif 0 ff": (6, jpeg(exif(tiff(held()), b"Exif\0\xff"))),
    "head Exif 0 01": (6, jpeg(exif(tiff(held()), b"Exif\0\1"))),
    "head Exif ff 0": (1, jpeg(exif(tiff(held()), b"Exif\xff\0"))),
    "head exif": (1, jpeg(exif(tiff(held()), b"exif\0\0"))),
    "head EXIF": (1, jpeg(exif(tiff(held()), b"EXIF\0\0"))),
    "head once too short": (1, jpeg(exif(tiff(held()), b"Exif\0"))),
    "head twice": (1, jpeg(exif(tiff(held()), EXIF + EXIF))),
    "no head": (1, jpeg(exif(tiff(held()), b""))),
    "head only": (1, jpeg(exif(b""))),
    "in APP0": (1, jpeg(segment(EXIF + tiff(held()), APP0))),
    "in APP2": (1, jpeg(segment(EXIF + tiff(held()), APP2))),
    "in a comment": (1, jpeg(segment(EXIF + tiff(held()), COM))),
    "before JFIF": (6, jpeg(exif(tiff(held())), before=APP0)),
    "without JFIF": (6, PLAIN[:2] + exif(tiff(held())) + PLAIN[20:]),
    "after the tables": (6, jpeg(exif(tiff(held())), before=0xC0)),
    "after the frame": (6, jpeg(exif(tiff(held())), before=0xC4)),
    "before the scan": (6, jpeg(exif(tiff(held())), before=0xDA)),
    "after the first scan": (1, _after_first_scan(exif(tiff(held())))),
    "progressive": (6, jpeg(exif(tiff(held())), plain=PROGRESSIVE)),
    "before the end": (1, PLAIN[:-2] + exif(tiff(held())) + PLAIN[-2:]),
    "after the end": (1, PLAIN + exif(tiff(held()))),
    "two, 6 and 3": (6, jpeg(exif(tiff(held(6))), exif(tiff(held(3))))),
    "two, 1 and 6": (1, jpeg(exif(tiff(held(1))), exif(tiff(held(6))))),
    "two, none and 6": (1, jpeg(exif(tiff(_make())), exif(tiff(held(6))))),
    "two, broken and 6": (1, jpeg(exif(b"MM\0*\xff\xff\xff\xff"), exif(tiff(held(6))))),
    "two, no TIFF and 6": (1, jpeg(exif(b"rubbish, and more of it"), exif(tiff(held(6))))),
    "two, short and 6": (1, jpeg(exif(b"MM"), exif(tiff(held(6))))),
    "two, 6 and broken": (6, jpeg(exif(tiff(held(6))), exif(b"MM\0*\xff\xff\xff\xff"))),
    "two, before and after the frame": (
        3,
        jpeg(exif(tiff(held(6))), before=0xC4, plain=jpeg(exif(tiff(held(3))))),
    ),
    "split in two": (1, jpeg(exif(tiff(held())[:12]), exif(tiff(held())[12:]))),
    "split behind a long value": (
        1,
        jpeg(exif(tiff(_make(), held())[:22]), exif(tiff(_make(), held())[22:])),
    ),
    "padding before the marker": (6, jpeg(b"\xff\xff\xff" + exif(tiff(held())))),
    "rubbish before the marker": (6, jpeg(b"rubbish" + exif(tiff(held())))),
    "XMP": (1, jpeg(segment(XMP + XMP_ATTRIBUTE))),
    "XMP element": (1, jpeg(segment(XMP + XMP_ELEMENT))),
    "XMP 6, EXIF 3": (3, jpeg(segment(XMP + XMP_ATTRIBUTE), exif(tiff(held(3))))),
    "XMP 6, EXIF without": (1, jpeg(segment(XMP + XMP_ATTRIBUTE), exif(tiff(_make())))),
    "PNG": (6, png((b"eXIf", tiff(held())))),
    "PNG little endian": (6, png((b"eXIf", tiff(held(order=LITTLE), order=LITTLE)))),
    "PNG long": (1, png((b"eXIf", tiff(held(kind=LONG))))),
    "PNG with head": (1, png((b"eXIf", EXIF + tiff(held())))),
    "PNG twice": (6, png((b"eXIf", tiff(held())), (b"eXIf", tiff(held(3))))),
    "PNG broken": (1, png((b"eXIf", b"MM\0*\xff\xff\xff\xff"))),
    "PNG broken and 6": (1, png((b"eXIf", b"MM\0*\xff\xff\xff\xff"), (b"eXIf", tiff(held())))),
    "PNG after the pixels": (1, png((b"eXIf", tiff(held())), before=b"IEND")),
    "PNG before and after": (
        6,
        png((b"eXIf", tiff(held()))).replace(
            chunk(b"IEND", b""), chunk(b"eXIf", tiff(held(3))) + chunk(b"IEND", b"")
        ),
    ),
    "PNG raw profile": (1, png((b"tEXt", _raw_profile(EXIF + tiff(held()))))),
    "PNG XMP": (1, png((b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP_ATTRIBUTE))),
    "WebP": (1, webp((b"EXIF", tiff(held())))),
    "WebP little endian": (1, webp((b"EXIF", tiff(held(order=LITTLE), order=LITTLE)))),
    "WebP long": (1, webp((b"EXIF", tiff(held(kind=LONG))))),
    "WebP with head": (1, webp((b"EXIF", EXIF + tiff(held())))),
    "WebP with head 0 ff": (1, webp((b"EXIF", b"Exif\0\xff" + tiff(held())))),
    "WebP before the pixels": (1, webp((b"EXIF", tiff(held())), first=True)),
    "WebP without the flag": (1, webp((b"EXIF", tiff(held())), flags=0)),
    "WebP twice": (1, webp((b"EXIF", tiff(held())), (b"EXIF", tiff(held(3))))),
    "WebP broken": (1, webp((b"EXIF", b"MM\0*\xff\xff\xff\xff"))),
    "WebP XMP": (1, webp((b"XMP ", XMP_ATTRIBUTE), flags=0x04)),
    **{f"AVIF {n}": (n, avif(n)) for n in range(2, 9)},
    "AVIF EXIF only": (1, avif(1, 6)),
    "AVIF 6, EXIF 3": (6, avif(6, 3)),
    "GIF": (1, encoded(corners(64, 48), "GIF")),
    "BMP": (1, encoded(corners(64, 48), "BMP")),
    "twice, 1 and 6": (1, jpeg(exif(tiff(held(1), held(6))))),
    "two, head only and 6": (6, jpeg(exif(b""), exif(tiff(held())))),
    "two, head too short and 6": (6, jpeg(exif(b"", b"Exif\0"), exif(tiff(held())))),
    "sub-directory says 3, then 6": (
        3,
        jpeg(exif(tiff(below(38), held(6), after=struct.pack(">I", 0) + tiff(held(3))[8:]))),
    ),
    "sub-directory says 3 after 0": (
        3,
        jpeg(exif(tiff(held(0), below(38), after=struct.pack(">I", 0) + tiff(held(3))[8:]))),
    ),
    "sub-directory says 3 after long": (
        3,
        jpeg(exif(tiff(held(6, LONG), below(38), after=struct.pack(">I", 0) + tiff(held(3))[8:]))),
    ),
    "sub-directory by a short": (
        1,
        jpeg(
            exif(
                tiff(
                    (EXIF_IFD, SHORT, 1, b"\0\x1a\0\0"),
                    after=struct.pack(">I", 0) + tiff(held())[8:],
                )
            )
        ),
    ),
    "sub-directories, two promised": (
        1,
        jpeg(
            exif(
                tiff(
                    (EXIF_IFD, LONG, 2, b"\0\0\0\x1a"),
                    after=struct.pack(">I", 0) + tiff(held())[8:],
                )
            )
        ),
    ),
    "in GPS's directory": (
        1,
        jpeg(
            exif(
                tiff(
                    (GPS_IFD, LONG, 1, b"\0\0\0\x1a"), after=struct.pack(">I", 0) + tiff(held())[8:]
                )
            )
        ),
    ),
    "sub-directory of the sub-directory": (
        1,
        jpeg(
            exif(
                tiff(
                    below(26), after=struct.pack(">I", 0) + tiff(below(44))[8:] + tiff(held(6))[8:]
                )
            )
        ),
    ),
    "sub-directory is the directory": (6, jpeg(exif(tiff(below(8), held())))),
    "sub-directory cut short": (
        6,
        jpeg(exif(tiff(below(26), after=struct.pack(">I", 0) + tiff(held(), count=9)[8:]))),
    ),
    "PNG empty and 6": (1, png((b"eXIf", b""), (b"eXIf", tiff(held())))),
    "PNG none and 6": (1, png((b"eXIf", tiff(_make())), (b"eXIf", tiff(held())))),
    "PNG sub-directory only": (
        6,
        png((b"eXIf", tiff(below(26), after=struct.pack(">I", 0) + tiff(held())[8:]))),
    ),
    "empty metadata before": (6, jpeg(b"\xff\xe1\0\2" + exif(tiff(held())))),
    "short marker before": (6, jpeg(b"\xff\x01" + exif(tiff(held())))),
}
"""By name the orientation that Chromium 156 turns a file by, and the file."""
