"""Turn attempts into the ledger's rows."""

from homeassistant.util import dt as dt_util

from ..chain.attempt import Attempt
from ..ledger import UsageRow


def usage_row(attempt: Attempt, *, event_id: str, camera: str) -> UsageRow:
    """Return the ledger's row for an attempt."""
    usage = attempt.usage
    tokens = (usage.input_tokens, usage.output_tokens) if usage else (0, 0)
    return UsageRow(
        event_id=event_id,
        timestamp=dt_util.utc_from_timestamp(attempt.started).isoformat(),
        provider=attempt.provider,
        provider_id=attempt.provider_id,
        model=attempt.model,
        camera=camera,
        attempt=attempt.number,
        success=attempt.success,
        outcome=attempt.outcome,
        error=attempt.error,
        input_tokens=tokens[0],
        output_tokens=tokens[1],
        tokens_used=sum(tokens),
        response_time_ms=attempt.response_time_ms,
        cost_estimate=attempt.cost,
        is_estimated=attempt.cost is None,
        image_count=1,
        image_bytes=attempt.image_bytes,
    )
