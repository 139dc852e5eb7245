"""What a request costs, from the vendor's reply to the row in the ledger."""

import genai_prices
import pytest

from tests.kit import House, pick
from tests.simulator import Simulator

from .bills import BILLS, Bill

pytestmark = pytest.mark.usefixtures("camera")

COLUMNS = ("provider", "model", "input_tokens", "output_tokens", "cost_estimate", "is_estimated")


async def test_the_ledger_books_what_the_vendor_bills(house: House, sim: Simulator) -> None:
    """To the sixth decimal and beyond: cached tokens, thoughts, tiers and long prompts."""
    await house.set_up()
    for bill in BILLS:
        sim.fail(bill.kind, "status", status=200, body=bill.body)
        response = await house.describe(providers=[bill.kind])
        assert response["cost"] == pytest.approx(bill.micro_usd / 1e6, abs=5e-7), bill.name
    assert pick(await house.usage(), *COLUMNS) == [
        (bill.kind, bill.model, *bill.tokens, pytest.approx(bill.micro_usd / 1e6, rel=1e-9), 0)
        for bill in BILLS
    ]


@pytest.mark.parametrize("bill", BILLS, ids=lambda bill: f"{bill.kind}: {bill.name}")
def test_the_library_reads_the_same(bill: Bill) -> None:
    """A second witness: its own reader of the vendors' replies comes to the same sum."""
    provider = {"grok": "x-ai", "gemini": "google"}.get(bill.kind, bill.kind)
    flavor = "chat" if bill.kind in {"openai", "grok"} else "default"
    read = genai_prices.extract_usage(bill.body, provider_id=provider, api_flavor=flavor)
    tier = bill.usage.get("service_tier")
    price = read.calc_price(price_context={"service_tier": tier} if tier else None)
    assert float(price.total_price) * 1e6 == pytest.approx(bill.micro_usd)
    assert (read.usage.input_tokens, read.usage.output_tokens) == bill.tokens
