"""Take out of a model's text what was not meant to be read: its thoughts and its control tokens.

A vendor keeps both apart from the answer. A small server hands on whatever the model wrote.
"""

# ruff: noqa: RUF001 - letters of other languages

import re
from typing import Final

from . import policy

_THOUGHT_TAG: Final = (
    r"(?:seed:)?(?:think(?:ing)?|thoughts?|reason(?:ing)?|reflection|scratchpad|analysis"
    r"|inner_monologue)(?:\s[^<>]*+)?"
)
_OPENING: Final = (
    rf"(?:<|&lt;){_THOUGHT_TAG}(?:>|&gt;)"  # DeepSeek, Qwen, and who learnt from them
    r"|\[THINK\]"  # Magistral
    r"|◁think▷"  # Kimi
    r"|<\|(?:start_thinking|begin_of_thought)\|>"  # Command A, Sky-T1
    r"|<unused94>"  # MedGemma
    r"|<\|channel>\s?thought"  # Gemma 4
    r"|(?:<\|channel\|>|\A\s*+)(?:analysis|commentary)[^<]{0,80}<\|message\|>"  # gpt-oss
    r"|\A\s*+(?-i:analysis(?=[A-Z]))"  # gpt-oss on a server that drops its tokens
    r'|<details\s+type="reasoning"[^<>]*+>'  # Open WebUI
)
_CLOSING: Final = (
    rf"(?:<|&lt;)/\s?{_THOUGHT_TAG}(?:>|&gt;)|\[/THINK\]|◁/think▷"
    r"|<\|(?:end_thinking|end_of_thought)\|>|<unused95>|<channel\|>"
    r"|<\|channel\|>\s?final[^<]{0,80}<\|message\|>|assistantfinal|</details>"
)
_THOUGHTS: Final = re.compile(rf"(?P<opening>{_OPENING})|{_CLOSING}", re.IGNORECASE)
"""Where thoughts begin and end."""

_ANSWER_BEGINS: Final = re.compile(
    r"<\|(?:im_start|start|start_header_id|role)\|>\s*+(?:assistant|model)\s*+"
    r"(?:<\|(?:end_header_id|message)\|>)?"
    r"|<start_of_turn>\s*+model|<\|assistant\|>|\[/INST\]|(?-i:\bASSISTANT:)"
    r"|<[|｜]Assistant[|｜]>|\A\s*+assistant:",
    re.IGNORECASE,
)
"""What stands before an answer in a chat template. Some servers send the whole of it back."""
_TURN_ENDS: Final = re.compile(
    r"<\|(?:im_end|end|eot_id|end_of_text|endoftext|return|eom_id)\|>|<end_of_turn>|</s>|<eos>"
    r"|<[|｜]end▁of▁sentence[|｜]>",
    re.IGNORECASE,
)
"""What ends an answer; a model that goes on makes up the other side of the conversation."""
_TOKEN: Final = re.compile(
    r"<\|(?:im_start|start|start_header_id)\|>\s*+\w*+|<start_of_turn>\s*+\w*+"
    r"|<[|｜][^<>|｜\n]{1,60}+[|｜]>|\[/?INST\]|<</?SYS>>"
    r"|</?(?:s|bos|eos|pad|unk|image|img|im_patch|image_soft_token|start_of_image|end_of_image"
    r"|end_of_turn|answer|output|final|final_answer|response|box)>|\[(?:BOS|EOS|PAD|IMG)\]"
    r"|<unused\d{1,4}>|<0x0A>",
    re.IGNORECASE,
)


def visible(text: str) -> str:
    """Return what a model says, an empty text when it was cut off while thinking.

    Linear in the length of the text, of which only the first ``policy.REPLY_CHARS`` are read.
    """
    text = _without_thoughts(text[: policy.REPLY_CHARS])
    turns = [turn for turn in _ANSWER_BEGINS.split(text) if _has_words(turn)]
    if not turns:
        return ""
    # A token at the beginning ends the turn before.
    says = [part for part in _TURN_ENDS.split(turns[-1]) if _has_words(part)]
    return _TOKEN.sub("", says[0]).strip() if says else ""


def _without_thoughts(text: str) -> str:
    kept: list[str] = []
    begin = 0
    thinking = False
    for mark in _THOUGHTS.finditer(text):
        if mark["opening"] is None:
            if not thinking:
                kept.clear()  # the server has swallowed the opening
            thinking, begin = False, mark.end()
        elif not thinking:
            kept.append(text[begin : mark.start()])
            thinking = True
    return "" if thinking else "".join([*kept, text[begin:]])


def _has_words(text: str) -> bool:
    return any(char.isalnum() for char in _TOKEN.sub("", text))
