"""The log of every request, with no key and no picture left in it."""

import asyncio
from collections import OrderedDict
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
import hashlib
import json
from pathlib import Path
import time
from typing import Any
from urllib.parse import unquote

from .pictures import BadPictureError, decode_base64, read_picture
from .vendors import Dialect
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
    received_at: str
    """ISO 8601, UTC."""
    answered_monotonic: float | None = None
    answered_at: str | None = None
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

    def to_json(self) -> JsonObject:
        """Return the JSON of the control API and of the log file."""
        return asdict(self)


class Pulse:
    """Wakes everybody who waits, and is ready for the next time at once."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def fire(self) -> None:
        """Wake everybody."""
        self._event.set()
        self._event = asyncio.Event()

    async def wait(self) -> None:
        """Wait for the next time."""
        await self._event.wait()


class RequestLog:
    """All requests in the order in which they came, and the last pictures."""

    def __init__(self, file: Path | None = None) -> None:
        """Start empty; with a file, add one JSON line for each finished request."""
        self._records: list[RequestRecord] = []
        self._pictures: OrderedDict[int, list[bytes]] = OrderedDict()
        self._file = file
        self._next = 1
        self.changed = Pulse()

    def start(self, vendor: Vendor, method: str, path: str) -> RequestRecord:
        """Note a request at the moment its head has come in."""
        record = RequestRecord(
            seq=self._next,
            vendor=vendor,
            method=method,
            path=path,
            received_monotonic=time.monotonic(),
            received_at=datetime.now(UTC).isoformat(),
        )
        self._next += 1
        self._records.append(record)
        self.changed.fire()
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
            record.model = call.tail.rpartition("/")[2].partition(":")[0]
        if cleaner.pictures:
            self._pictures[record.seq] = cleaner.pictures
            while len(self._pictures) > _KEPT_PICTURES:
                self._pictures.popitem(last=False)

    def finish(self, record: RequestRecord) -> None:
        """Note the end of a request."""
        record.answered_monotonic = time.monotonic()
        record.answered_at = datetime.now(UTC).isoformat()
        if self._file:
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(record.to_json()) + "\n")

    def records(
        self, vendor: Vendor | None = None, endpoint: Endpoint | None = None
    ) -> list[RequestRecord]:
        """Return the requests, or those of one vendor or endpoint."""
        return [
            record
            for record in self._records
            if vendor in (None, record.vendor) and endpoint in (None, record.endpoint)
        ]

    def picture(self, seq: int, index: int = 0) -> bytes:
        """Return a picture as it was sent."""
        return self._pictures[seq][index]

    def clear(self) -> None:
        """Forget all requests; the numbers go on."""
        self._records.clear()
        self._pictures.clear()


class _Cleaner:
    """Takes keys and pictures out of one request."""

    def __init__(self, call: Call, dialect: Dialect) -> None:
        self._call = call
        self._dialect = dialect
        self.summaries: list[JsonObject] = []
        self.pictures: list[bytes] = []
        self.key_state = "missing"
        self.key_elsewhere = False
        self._needles = {call.key}
        for name, value in call.headers.items():
            key = dialect.key_header(name, value)
            if key:
                self.key_state = "ok" if key == call.key else "bad"
                self._needles |= {key} if len(key) >= _SHORTEST_KEY else set()

    def headers(self) -> dict[str, str]:
        """Return the headers with the key replaced."""
        cleaned = {}
        for name, value in self._call.headers.items():
            key = self._dialect.key_header(name, value)
            if key:
                cleaned[name] = value.replace(key, f"<key:{self.key_state}>")
            else:
                cleaned[name] = self.text(value)
        return cleaned

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
        summary: JsonObject
        try:
            data = decode_base64(text.replace("-", "+").replace("_", "/"))
        except BadPictureError as err:
            summary = {"error": str(err), "bytes": len(text)}
        else:
            self.pictures.append(data)
            try:
                summary = read_picture(data).summary()
            except BadPictureError as err:
                digest = hashlib.sha256(data).hexdigest()
                summary = {"error": str(err), "bytes": len(data), "sha256": digest}
        self.summaries.append(summary)
        return summary
