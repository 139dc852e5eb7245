"""The request fields that each vendor knows.

OpenAI and xAI: `openai/types/chat/completion_create_params.py` of the SDK 3.10. Gemini:
`_GenerateContentConfig_to_mldev` and `_Part_to_mldev` in `google/genai/models.py` of the
SDK 2.25. Anthropic: `anthropic/types/message_create_params.py` of the SDK 0.125.
"""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


CHAT_OPENAI_ONLY = _names(
    "audio modalities moderation prediction prompt_cache_options prompt_cache_retention verbosity"
)
CHAT = CHAT_OPENAI_ONLY | _names(
    "messages model frequency_penalty function_call functions logit_bias logprobs"
    " max_completion_tokens max_tokens metadata n parallel_tool_calls presence_penalty"
    " prompt_cache_key reasoning_effort response_format safety_identifier seed service_tier stop"
    " store stream stream_options temperature tool_choice tools top_logprobs top_p user"
    " web_search_options"
)
CHAT_MESSAGE = _names("role content name refusal audio function_call tool_calls tool_call_id")

GEMINI = _names(
    "contents systemInstruction generationConfig safetySettings tools toolConfig cachedContent"
    " serviceTier store"
)
GEMINI_CONFIG = _names(
    "temperature topP topK candidateCount maxOutputTokens stopSequences responseLogprobs logprobs"
    " presencePenalty frequencyPenalty seed responseMimeType responseSchema responseJsonSchema"
    " responseModalities mediaResolution speechConfig thinkingConfig imageConfig"
    " enableEnhancedCivicAnswers audioTranscriptionConfig"
)
GEMINI_PART = _names(
    "text inlineData fileData functionCall functionResponse thought thoughtSignature videoMetadata"
    " mediaResolution partMetadata"
)
GEMINI_THINKING = _names("includeThoughts thinkingBudget thinkingLevel")

ANTHROPIC = _names(
    "max_tokens messages model cache_control container inference_geo metadata output_config"
    " service_tier stop_sequences stream system temperature thinking tool_choice tools top_k top_p"
)
