"""What a test scripts and reads."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .catalog import Catalog, Model
from .faults import Fault, Kind, fault_from_json
from .record import RequestLog, RequestRecord
from .wire import KEYS, VENDORS, Endpoint, Vendor


class State:
    """Models, keys and faults of all vendors, and the requests that came in."""

    def __init__(self, log_file: Path | None, failing: Iterable[Vendor]) -> None:
        self.catalog = Catalog()
        self.log = RequestLog(log_file)
        self.keys: dict[Vendor, str] = {}
        self._faults: dict[Vendor, list[Fault]] = {vendor: [] for vendor in VENDORS}
        self._failing = tuple(failing)
        self.reset()

    def reset(self) -> None:
        """Go back to how the simulator was started."""
        self.catalog.reset()
        self.clear_requests()
        self.keys = dict(KEYS)
        self.clear_faults()
        for vendor in self._failing:
            self.fail(vendor, repeat=True)

    def set_key(self, vendor: Vendor, key: str) -> None:
        """Take another key from now on; the old one is bad."""
        self.keys[vendor] = key

    def fail(self, vendor: Vendor, kind: Kind = "server_error", **options: Any) -> Fault:
        """Put a fault behind the others of this vendor; options are Fault's fields."""
        fault = fault_from_json({"kind": kind, **options})
        self._faults[vendor].append(fault)
        return fault

    def faults(self, vendor: Vendor) -> tuple[Fault, ...]:
        """Return the faults that are not used up."""
        return tuple(self._faults[vendor])

    def clear_faults(self, vendor: Vendor | None = None) -> None:
        """Drop the faults of one vendor or of all."""
        for name in [vendor] if vendor else VENDORS:
            self._faults[name].clear()

    def next_fault(self, vendor: Vendor, endpoint: Endpoint | None) -> Fault | None:
        """Return the fault that the next request meets."""
        return next((fault for fault in self._faults[vendor] if fault.endpoint == endpoint), None)

    def use_fault(self, vendor: Vendor, fault: Fault) -> None:
        """Count one hit of a fault, and drop it when it is used up."""
        if not fault.repeat:
            fault.count -= 1
        if fault.count < 1:
            self._faults[vendor].remove(fault)

    def requests(
        self, vendor: Vendor | None = None, endpoint: Endpoint | None = None
    ) -> list[RequestRecord]:
        """Return what came in, oldest first."""
        return [
            record
            for record in self.log.records
            if vendor in (None, record.vendor) and endpoint in (None, record.endpoint)
        ]

    def clear_requests(self) -> None:
        """Forget what came in; the numbers go on."""
        self.log.records.clear()
        self.log.pictures.clear()

    def image(self, seq: int, index: int = 0) -> bytes:
        """Return a picture of a request as it was sent."""
        return self.log.pictures[seq][index]

    def models(self, vendor: Vendor) -> tuple[Model, ...]:
        """Return a vendor's model table, retired ones included."""
        return self.catalog.all(vendor)

    def set_models(self, vendor: Vendor, models: Iterable[Model]) -> None:
        """Offer exactly these models."""
        self.catalog.replace(vendor, models)

    def offer(self, vendor: Vendor, model_id: str, **changes: Any) -> Model:
        """Switch a model on, or add it; changes are Model's fields."""
        return self.catalog.change(vendor, model_id, {"offered": True, **changes})

    def retire(self, vendor: Vendor, model_id: str) -> None:
        """Answer "no such model" from now on."""
        self.catalog.change(vendor, model_id, {"offered": False})

    def redirect(self, vendor: Vendor, model_id: str, billed: str) -> None:
        """Answer for a model under another id, as vendors do for retired ones."""
        self.offer(vendor, model_id, listed=False, bills_as=billed)
