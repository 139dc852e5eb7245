"""What every vendor's dialect has to offer to the server, and what they have in common."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass, field
import json
import re
from typing import Any, ClassVar, NoReturn

from ..answers import answer_text
from ..catalog import Catalog, Model
from ..pictures import BadPictureError, Picture, decode_base64, read_picture
from ..tokens import cut_to_tokens, image_tokens, text_tokens, thinking_tokens
from ..wire import Call, Endpoint, JsonObject, RefusedError, Reply, Script
from .errors import Errors

JSON_OBJECT: JsonObject = {"type": "object", "properties": {"description": {}}}
"""The schema of an answer for which JSON was asked without one."""
_KINDS: dict[type, str] = {dict: "an object", list: "an array", str: "a string"}


@dataclass(slots=True, kw_only=True)
class Prompt:
    """What a request asks for, once it has passed all checks."""

    model: Model
    effort: str
    cap: int
    """Of the output, in tokens."""
    schema: JsonObject | None
    text: str = ""
    pictures: list[tuple[Picture, str]] = field(default_factory=list)
    """Each with the detail in which it shall be seen."""


@dataclass(slots=True, kw_only=True)
class Spoken:
    """What the model says, and the tokens of everything."""

    text: str
    cut: bool
    """The output cap, or the script, has cut it off."""
    thought: int
    asked: int
    seen: int

    @property
    def written(self) -> int:
        """Return the tokens of the text."""
        return text_tokens(self.text)


class Dialect(ABC):
    """One vendor's wire protocol."""

    errors: ClassVar[Errors]
    describe_path: ClassVar[str]
    """A regular expression."""
    models_path: ClassVar[str]
    key_name: ClassVar[str]
    """The header that carries the key, in lower case."""
    formats: ClassVar[Collection[str]]
    max_body: ClassVar[int]

    @abstractmethod
    def models(self, call: Call, catalog: Catalog) -> Reply:
        """Return the list of models."""

    @abstractmethod
    def read(self, call: Call, body: JsonObject, catalog: Catalog) -> Prompt:
        """Check a request strictly."""

    @abstractmethod
    def render(self, prompt: Prompt, spoken: Spoken, script: Script) -> Reply:
        """Put what the model says into the vendor's reply."""

    def endpoint(self, method: str, tail: str) -> Endpoint | None:
        """Tell which endpoint a path belongs to."""
        if method == "POST" and re.fullmatch(self.describe_path, tail):
            return "describe"
        return "models" if (method, tail) == ("GET", self.models_path) else None

    def key_header(self, header: str, value: str) -> str | None:
        """Return the key that a header carries, or None for other headers."""
        return value if header.lower() == self.key_name else None

    def sent_key(self, call: Call) -> str:
        """Return the key if it stands where the vendor looks for it."""
        return call.headers.get(self.key_name, "")

    def authenticate(self, call: Call) -> None:
        """Raise `RefusedError` unless key and headers are as the vendor wants."""
        key = self.sent_key(call)
        if not key:
            self.refuse("no_key")
        if key != call.key:
            self.refuse("auth", shown=f"{key[:2]}***{key[-2:]}")

    def answer(self, call: Call, catalog: Catalog, script: Script) -> Reply:
        """Answer any request as the vendor does."""
        try:
            self.authenticate(call)
            match call.endpoint:
                case "models":
                    return self.models(call, catalog)
                case "describe":
                    return self._describe(call, catalog, script)
                case _:
                    return self.errors.status(404, f"Not found: {call.tail}")
        except RefusedError as refused:
            return refused.reply

    def _describe(self, call: Call, catalog: Catalog, script: Script) -> Reply:
        if len(call.raw) > self.max_body:
            self.refuse("too_large")
        body = self._body(call)
        prompt = self.read(call, body, catalog)
        if body.get("stream"):
            raise RefusedError(Reply.text(501, "the simulator does not stream"))
        return self.render(prompt, _speak(prompt, script), script)

    def _body(self, call: Call) -> JsonObject:
        kind = call.headers.get("Content-Type", "")
        if kind.partition(";")[0].strip().lower() != "application/json":
            self.invalid("body", "content type must be JSON", "content type")
        try:
            body = json.loads(call.raw)
        except ValueError:
            self.invalid("body", "is not JSON", "body")
        if not isinstance(body, dict):
            self.invalid("body", "must be an object", "body")
        return body

    # Small checks that all dialects use.

    def refuse(self, error: str, variant: str = "", /, **values: Any) -> NoReturn:
        """Stop here with one of the vendor's errors."""
        raise RefusedError(self.errors(error, variant, **values))

    def invalid(self, path: str, problem: str, variant: str = "") -> NoReturn:
        """Stop here because of a field with a wrong value."""
        self.refuse("invalid", variant, path=path, problem=problem)

    def unsupported(self, parameter: str, model: Model) -> NoReturn:
        """Stop here because of a parameter that this model refuses."""
        self.refuse("unsupported", parameter, parameter=parameter, model=model.id)

    def typed[T](self, value: object, kind: type[T], path: str) -> T:
        """Return a JSON object, array or text, or refuse."""
        if not isinstance(value, kind):
            self.invalid(path, f"must be {_KINDS[kind]}")
        return value

    def integer(self, body: JsonObject, name: str, default: int, path: str) -> int:
        """Return a whole number above 0, or refuse."""
        value = body.get(name, default)
        if type(value) is not int or value < 1:
            self.invalid(path, "must be a positive integer")
        return value

    def number(self, text: str, path: str) -> int:
        """Return a whole number out of the query, or refuse."""
        if not text.isdecimal():
            self.invalid(path, "must be a number")
        return int(text)

    def known(self, body: JsonObject, allowed: Collection[str], path: str) -> None:
        """Refuse fields that the vendor does not know."""
        for name in body:
            if name not in allowed:
                where = f"{path}.{name}" if path else name
                variant = "" if path else "top"
                self.refuse("unknown_field", variant, path=where, parent=path, name=name)

    def needed(self, body: JsonObject, *names: str) -> None:
        """Refuse a body in which one of these is missing."""
        for name in names:
            if name not in body:
                self.refuse("missing", path=name, problem="missing")

    def model(self, catalog: Catalog, call: Call, model_id: object) -> Model:
        """Return the model that was asked for, or refuse."""
        model = catalog.find(call.vendor, model_id)
        if model is None:
            self.refuse("no_model", model=model_id)
        return model

    def picture(self, text: str, path: str, formats: Collection[str]) -> Picture:
        """Decode a picture from base64, or refuse."""
        try:
            picture = read_picture(decode_base64(text))
        except BadPictureError as err:
            self.refuse("bad_image", str(err), path=path)
        if picture.format not in formats:
            self.refuse("bad_image", "format", path=path)
        return picture


def _speak(prompt: Prompt, script: Script) -> Spoken:
    """Return the scripted text, or the truth as far as the output cap lets it through."""
    thought, cut = thinking_tokens(prompt.effort), script.stop == "length"
    text = script.text
    if text is None:
        seen = [picture for picture, _ in prompt.pictures]
        text = answer_text(seen, prompt.schema, blind=script.blind)
        text = text[: len(text) * 2 // 3] if cut else text
        if thought + text_tokens(text) > prompt.cap:
            thought, cut = min(thought, prompt.cap), True
            text = cut_to_tokens(text, prompt.cap - thought)
    return Spoken(
        text=text,
        cut=cut,
        thought=thought,
        asked=text_tokens(prompt.text),
        seen=sum(image_tokens(prompt.model, *picture) for picture in prompt.pictures),
    )
