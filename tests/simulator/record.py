"""The log of every request, with no key and no picture left in it."""

import asyncio
from collections import OrderedDict
from dataclasses import asdict, dataclass, field
import hashlib
import json
from pathlib import Path
import time
from typing import Any
from urllib.parse import unquote

from .pictures import BadPictureError, decode_base64, read_picture
from .vendors import Dialect
from .vendors.gemini import model_of
from .wire import Call, Endpoint, JsonObject, Vendor

_KEPT_PICTURES = 64
_SHORTEST_KEY = 6


@dataclass(slots=True, kw_only=True)
class RequestRecord:
    """One request as the simulator saw it."""

    seq: int
    vendor: Vendor
    endpoint: Endpoint | None = None
    """None: a path that the vendor does not have."""
    method: str
    path: str
    """Path and query."""
    received_monotonic: float
    """`time.monotonic()`, comparable between the processes of one machine."""
    answered_monotonic: float | None = None
    headers: dict[str, str] = field(default_factory=dict)
    key: str = "missing"
    """ok, bad or missing."""
    key_elsewhere: bool = False
    """A key stood in the path, the query, the body or another header."""
    model: str | None = None
    """The model that was asked for."""
    body: Any = None
    """The JSON body; in place of each picture stands its summary."""
    images: list[JsonObject] = field(default_factory=list)
    """The same summaries, in order."""
    status: int | None = None
    """What was answered; None while it runs, and when nothing was answered."""
    strict_status: int | None = None
    """What the vendor would have answered without the fault."""
    fault: str | None = None
    client_gone: bool = False
    """The client went away before the answer was complete."""


class RequestLog:
    """All requests in the order in which they came, and the last pictures."""

    def __init__(self, file: Path | None = None) -> None:
        """Start empty; with a file, add one JSON line for each finished request."""
        self.records: list[RequestRecord] = []
        self.pictures: OrderedDict[int, list[bytes]] = OrderedDict()
        self._file = file
        self._next = 1
        self.changed = asyncio.Event()
        """Set when a request comes in, and replaced by a new one."""

    def start(self, vendor: Vendor, method: str, path: str) -> RequestRecord:
        """Note a request at the moment its head has come in."""
        record = RequestRecord(
            seq=self._next,
            vendor=vendor,
            method=method,
            path=path,
            received_monotonic=time.monotonic(),
        )
        self._next += 1
        self.records.append(record)
        self.changed.set()
        self.changed = asyncio.Event()
        return record

    def fill(self, record: RequestRecord, call: Call, dialect: Dialect) -> None:
        """Note headers and body without keys and pictures."""
        cleaner = _Cleaner(call, dialect)
        record.endpoint = call.endpoint
        record.headers = cleaner.headers()
        record.path = cleaner.text(record.path)
        record.body = cleaner.body()
        record.images = cleaner.summaries
        record.key = cleaner.key_state
        record.key_elsewhere = cleaner.key_elsewhere
        if isinstance(record.body, dict):
            record.model = record.body.get("model")
        if call.vendor == "gemini" and record.endpoint == "describe":
            record.model = model_of(call.tail)
        if cleaner.pictures:
            self.pictures[record.seq] = cleaner.pictures
            while len(self.pictures) > _KEPT_PICTURES:
                self.pictures.popitem(last=False)

    def finish(self, record: RequestRecord) -> None:
        """Note the end of a request."""
        record.answered_monotonic = time.monotonic()
        if self._file:
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(record)) + "\n")


class _Cleaner:
    """One request with its keys and pictures taken out."""

    def __init__(self, call: Call, dialect: Dialect) -> None:
        self._call = call
        self._dialect = dialect
        self.summaries: list[JsonObject] = []
        self.pictures: list[bytes] = []
        self.key_state = "missing"
        self.key_elsewhere = False
        self._needles = {call.key}
        for name, value in call.headers.items():
            if key := dialect.key_header(name, value):
                self.key_state = "ok" if key == call.key else "bad"
                self._needles |= {key} if len(key) >= _SHORTEST_KEY else set()

    def headers(self) -> dict[str, str]:
        """Return the headers with the key replaced."""
        return {name: self._header(name, value) for name, value in self._call.headers.items()}

    def _header(self, name: str, value: str) -> str:
        if key := self._dialect.key_header(name, value):
            return value.replace(key, f"<key:{self.key_state}>")
        return self.text(value)

    def text(self, text: str) -> str:
        """Return a text without keys, and note that there was one."""
        for needle in self._needles:
            for form in (text, unquote(text)):
                if needle in form:
                    self.key_elsewhere = True
                    text = form.replace(needle, "<key:elsewhere>")
        return text

    def body(self) -> Any:
        """Return the body without keys and pictures."""
        if not self._call.raw:
            return None
        try:
            return self._clean(json.loads(self._call.raw))
        except ValueError:
            return self.text(self._call.raw[:10_000].decode(errors="replace"))

    def _clean(self, value: Any, name: str = "") -> Any:
        match value:
            case dict():
                return {self.text(key): self._clean(item, key) for key, item in value.items()}
            case list():
                return [self._clean(item) for item in value]
            case str() if name == "url" and value.startswith("data:"):
                return self._picture(value.partition(",")[2])
            case str() if name == "data":
                return self._picture(value)
            case str():
                return self.text(value)
        return value

    def _picture(self, text: str) -> JsonObject:
        summary: JsonObject = {"bytes": len(text)}
        try:
            data = decode_base64(text.replace("-", "+").replace("_", "/"))
            self.pictures.append(data)
            summary = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            summary = read_picture(data).summary()
        except BadPictureError as err:
            summary["error"] = str(err)
        self.summaries.append(summary)
        return summary
