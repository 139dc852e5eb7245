"""What every vendor's dialect has to offer to the server."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
import json
import secrets
from typing import Any, ClassVar, NoReturn

from ..answers import answer_text
from ..catalog import Catalog, Model
from ..pictures import BadPictureError, Picture, decode_base64, read_picture
from ..wire import Call, Endpoint, JsonObject, RefusedError, Reply, Script, Vendor


class Errors(ABC):
    """The vendor's error bodies; strict checks and scripted faults share them."""

    @abstractmethod
    def status(self, status: int, message: str = "") -> Reply:
        """Return the vendor's usual body for a status."""

    @abstractmethod
    def auth(self, key: str = "bad-key") -> Reply:
        """Return the answer to a wrong key."""

    @abstractmethod
    def no_model(self, model: str) -> Reply:
        """Return the answer to a model that is not there."""

    @abstractmethod
    def forbidden(self) -> Reply:
        """Return the answer to a key without the right."""

    @abstractmethod
    def rate_limit(self, retry_after: str | None) -> Reply:
        """Return the answer to too many requests."""

    @abstractmethod
    def quota(self, variant: str = "") -> Reply:
        """Return the answer when the money is used up."""

    def daily_quota(self, retry_after: str | None) -> Reply:
        """Return the answer when the day's share is used up."""
        return self.rate_limit(retry_after)

    @abstractmethod
    def overloaded(self) -> Reply:
        """Return the answer when the vendor has no room."""

    @abstractmethod
    def too_large(self) -> Reply:
        """Return the answer to a request with too many bytes."""

    @abstractmethod
    def bad_image(self, problem: str, where: str) -> Reply:
        """Return the answer to a picture that the vendor cannot use."""

    @abstractmethod
    def context_length(self) -> Reply:
        """Return the answer to a prompt that does not fit."""

    @abstractmethod
    def unsupported(self, parameter: str, model: str) -> Reply:
        """Return the answer to a parameter that this model refuses."""

    @abstractmethod
    def unknown_field(self, path: str) -> Reply:
        """Return the answer to a field that the vendor does not know."""

    @abstractmethod
    def wrong(self, path: str, problem: str) -> Reply:
        """Return the answer to a field with a wrong or missing value."""

    def refused(self, variant: str) -> Reply | None:
        """Return an HTTP error that stands for a refusal, if there is one."""
        del variant
        return None


class Dialect(ABC):
    """One vendor's wire protocol."""

    vendor: ClassVar[Vendor]
    errors: Errors

    @abstractmethod
    def endpoint(self, method: str, tail: str) -> Endpoint | None:
        """Tell which endpoint a path belongs to."""

    @abstractmethod
    def authenticate(self, call: Call) -> None:
        """Raise `RefusedError` unless key and headers are as the vendor wants."""

    @abstractmethod
    def key_header(self, header: str, value: str) -> str | None:
        """Return the key that a header carries, or None for other headers."""

    @abstractmethod
    def models(self, call: Call, catalog: Catalog) -> Reply:
        """Return the list of models."""

    @abstractmethod
    def describe(self, call: Call, catalog: Catalog, script: Script) -> Reply:
        """Check a request strictly and answer it."""

    def answer(self, call: Call, catalog: Catalog, script: Script) -> Reply:
        """Answer any request as the vendor does."""
        try:
            self.authenticate(call)
            match call.endpoint:
                case "models":
                    return self.models(call, catalog)
                case "describe":
                    return self.describe(call, catalog, script)
                case _:
                    return self.errors.status(404, f"Not found: {call.tail}")
        except RefusedError as refused:
            return refused.reply

    # Small checks that all dialects use.

    def body(self, call: Call) -> JsonObject:
        """Return the JSON body, or refuse."""
        kind = call.headers.get("Content-Type", "")
        if kind.partition(";")[0].strip().lower() != "application/json":
            self.refuse(self.errors.wrong("body", "content type must be JSON"))
        try:
            body = json.loads(call.raw)
        except ValueError as err:
            raise RefusedError(self.errors.wrong("body", "is not JSON")) from err
        return self.mapping(body, "body")

    def refuse(self, reply: Reply) -> NoReturn:
        """Stop here with the vendor's answer."""
        raise RefusedError(reply)

    def mapping(self, value: object, path: str) -> JsonObject:
        """Return a JSON object, or refuse."""
        if not isinstance(value, dict):
            raise RefusedError(self.errors.wrong(path, "must be an object"))
        return value

    def sequence(self, value: object, path: str) -> list[Any]:
        """Return a JSON array, or refuse."""
        if not isinstance(value, list):
            raise RefusedError(self.errors.wrong(path, "must be an array"))
        return value

    def string(self, value: object, path: str) -> str:
        """Return a JSON string, or refuse."""
        if not isinstance(value, str):
            raise RefusedError(self.errors.wrong(path, "must be a string"))
        return value

    def integer(self, body: JsonObject, name: str, default: int, path: str) -> int:
        """Return a whole number above 0, or refuse."""
        value = body.get(name, default)
        if type(value) is not int or value < 1:
            raise RefusedError(self.errors.wrong(path, "must be a positive integer"))
        return value

    def number(self, text: str, path: str) -> int:
        """Return a whole number out of the query, or refuse."""
        if not text.isdecimal():
            raise RefusedError(self.errors.wrong(path, "must be a number"))
        return int(text)

    def known(self, body: JsonObject, allowed: Collection[str], path: str) -> None:
        """Refuse fields that the vendor does not know."""
        for name in body:
            if name not in allowed:
                where = f"{path}.{name}" if path else name
                self.refuse(self.errors.unknown_field(where))

    def text(self, script: Script, pictures: Sequence[Picture], schema: JsonObject | None) -> str:
        """Return what the model says: the scripted text, or the truth."""
        if script.text is not None:
            return script.text
        truth = answer_text(pictures, schema)
        return truth[: len(truth) * 2 // 3] if script.stop == "length" else truth

    def model(self, call: Call, catalog: Catalog, model_id: object) -> Model:
        """Return the model that was asked for, or refuse."""
        model = catalog.find(call.vendor, model_id)
        if model is None:
            raise RefusedError(self.errors.no_model(str(model_id)))
        return model

    def picture(self, text: str, where: str, formats: Collection[str]) -> Picture:
        """Decode a picture from base64, or refuse."""
        try:
            picture = read_picture(decode_base64(text))
        except BadPictureError as err:
            raise RefusedError(self.errors.bad_image(str(err), where)) from err
        if picture.format not in formats:
            self.refuse(self.errors.bad_image("format", where))
        return picture


def new_id(prefix: str, length: int = 24) -> str:
    """Return a random id such as the vendors give to their replies."""
    return prefix + secrets.token_hex(length // 2)
