"""An entry of Anthropic's model list.

Fields: `anthropic/types/model_info.py` and `model_capabilities.py` of the SDK 0.125.
"""

from ..catalog import Model
from ..wire import JsonObject


def listed(model: Model) -> JsonObject:
    """Return the entry of one model."""

    def can(value: bool) -> JsonObject:
        return {"supported": value}

    efforts = ("low", "medium", "high", "xhigh", "max")
    return {
        "type": "model",
        "id": model.id,
        "display_name": model.id.replace("-", " ").title(),
        "created_at": f"{model.created}T00:00:00Z",
        "max_input_tokens": 1_000_000,
        "max_tokens": 64_000,
        "capabilities": {
            "batch": can(True),
            "citations": can(True),
            "code_execution": can(True),
            "context_management": can(True),
            "effort": can(bool(model.efforts))
            | {name: can(name in model.efforts) for name in efforts},
            "image_input": can(model.vision),
            "pdf_input": can(model.vision),
            "structured_outputs": can("output_config.format" not in model.refuses),
            "thinking": can(True)
            | {
                "types": {
                    "adaptive": can(bool(model.efforts)),
                    "enabled": can("thinking.enabled" not in model.refuses),
                }
            },
        },
    }
