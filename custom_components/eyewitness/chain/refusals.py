"""How models begin when they decline, or when they say that they got no picture.

Each language has its usual apologies, "I cannot help with that" and "as an AI". What a model
cannot make out in a picture is no refusal: "I can't tell whether it is a man" is honest.
"""

# ruff: noqa: RUF001 - letters of other languages

from functools import cache
import re
from typing import Final

from .refusals_abroad import OTHER_LANGUAGES

_THE: Final = r"(?:(?:the|this|that|an?|any|your|these|those|such) )?"
_IMAGE: Final = (
    rf"{_THE}(?:provided |attached |uploaded )?"
    r"(?:images?|pictures?|photos?|photographs?|visuals?|attachments?|videos?|files?)\b"
)
_CANNOT: Final = (
    r"i(?:'?m| am| was|'?ve| have)?(?: been)? (?:\w+ly |just |still )?(?:can ?not|can'?t"
    r"|could ?not|couldn'?t"
    r"|won'?t|will not|unable to|not able to|incapable of|not allowed to|not permitted to"
    r"|not going to"
    r"|not comfortable|do not|don'?t|did not|didn'?t|haven'?t|not|refuse to|decline to"
    r"|choose not to)"
    r"(?: (?:directly|actually|currently|physically|really|be able to|or|and|to|see))*"
)

_ENGLISH: Final = (
    r"(?:i'?m|i am|we'?re|we are) (?:so |very |really |truly )?(?:sorry|afraid)\b",
    r"(?:we|i) (?:sincerely )?(?:apologi[sz]e|regret)\b",
    r"(?:my )?apologies\b",
    r"sorry\W+(?:but|about that|for|i|as an?|there (?:is|was) no|no image|this|that)\b",
    r"sorry\W+the (?:image|picture|photo|request)\b|sorry(?:\W+no(?: can do)?)?\W*$",
    # What somebody who looks at a picture never says that he cannot do.
    (
        rf"{_CANNOT}(?:\W*$| (?:help(?! but )|assist|aid|comply|fulfil+|be of (?:help|assistance)"
        r"|describ(?!\w+ (?:the|his|her|their) (?:\w+'s )?(?:face|plate|details|expression"
        r"|colou?r))"
        r"|(?:make|tell)\b[^.]{0,30} (?:about|on) (?:the|this|any|your) (?:\w+ in (?:the|this) )?"
        r"(?:image|picture|photo)|analy[sz]"
        rf"|view|process"
        r"|interpret|display|access|provid(?!\w+ (?:an? )?(?:exact|precise|more))|respond"
        r"|continue|engage|participate|do (?:that"
        r"|this|it)\b|comment|talk about|(?:feel )?comfortable"
        r"|(?:complete|perform|handle) (?:that|this|the|your) (?:request|task)"
        r"|(?:give|offer|create|write|make) (?:you )?(?:an?|any|the) (?:\w+ )?(?:description"
        r"|caption"
        r"|summary|title|answer|response)\b|(?:think|sure|certain)(?: that)? i can (?:help"
        r"|assist|do)"
        r"|answer|discuss|generate|support|proceed|designed|programmed|equipped|with (?:that|this)"
        r"|have (?:the |any )?(?:ability|capability|capacity|access|visual|eyes|vision)))"
    ),
    # What he may not be able to see: a man's face, but not the picture itself.
    (
        rf"{_CANNOT} (?:see|open|look at|examine|receive|received|recogni[sz]e|load|identify"
        rf"|perceive"
        r"|read|find|get|have|determine)(?: (?:or|and|the|any|contents?|of|what(?:'s| is)|in"
        r"|\w+ing))* "
        rf"{_IMAGE}"
    ),
    (
        rf"{_CANNOT} (?:identify|recogni[sz]e|name)(?: (?:or|and) \w+)* (?:(?:real |specific "
        rf"|private )?"
        r"(?:people|individuals|anyone|someone|persons)\b(?! \w+ the (?!image|picture|photo))"
        r"|the (?:person|people|individuals?)(?: in (?:the|this) (?:image|picture|photo))?\W*$)"
    ),
    r"i (?:must|have to|need to) (?:respectfully )?(?:decline|refuse)\b",
    r"i(?:'d| would)? (?:rather|prefer(?: to)?) not\b",
    (
        r"i (?:have no|lack)(?: the| any)? (?:way (?:of|to) (?:see|view|access)|access|ability"
        r"|capability|capacity|means|visual"
        r"|vision|images?\b|pictures?\b|photos?\b)"
    ),
    rf"i (?:see no|need|require|only see text) {_IMAGE}",
    (
        r"(?:i'?d|i would|i'?ll|i will|i'?m|i am) (?:be )?(?:happy|glad|love|like|pleased|here) to "
        r"(?:help|describe|assist|analy|take a look)"
    ),
    r"(?:to \w+ (?:the|this|your) \w+\W+)i (?:need|require|would need)\b",
    (
        r"as an? (?:[\w-]+ ){0,3}?(?:ai|language model|llm|artificial|chatbot"
        r"|(?:model|assistant)\W+(?:i|my))\b"
    ),
    (
        r"i(?:'?m| am) (?:just |only )?an? (?:[\w-]+ ){0,3}?"
        r"(?:ai|language model|llm|chatbot|artificial|assistant)\b"
    ),
    (
        r"i(?:'?m| am) (?:chatgpt|claude|gemini|gemma|gpt|grok|llama|llava|minicpm|mistral|pixtral"
        r"|phi|qwen|deepseek|internvl|moondream)\b"
    ),
    r"(?:my|our) (?:programming|guidelines|policies|policy|instructions|safety|capabilities)\b",
    (
        r"it(?:'?s| is) (?:not possible|impossible) (?:for me )?to (?:describe|analy|process"
        r"|help|assist"
        rf"|(?:view|see|identify) {_IMAGE})"
    ),
    r"(?:how|what) (?:can|may|would|could|should) (?:i (?:help|assist|do)|you like)\b",
    r"(?:is there anything|let me know|feel free)\b",
    (
        r"(?:please |could you |can you |you can |you may )+(?:provide|upload|attach|share"
        r"|send|supply"
        r"|resend|clarify|specify|try|tell me|describe)\b(?! help)"
    ),
    rf"(?:provide|upload|attach|share|send|supply|resend)(?: me)?(?: with)? {_IMAGE}",
    # No picture came.
    (
        r"(?:it (?:seems|looks|appears)(?: like| that| as if)? )?(?:there(?:'?s| is| was"
        r"| seems to be"
        rf"| appears to be) )?no {_IMAGE}(?:\W*$|(?: \w+){{0,3}}? (?:provided|attached|uploaded"
        r"|received|included|supplied|found|available|detected|here\b|(?:to|for) (?:describe"
        r"|analy[sz])|came through"
        r"|in (?:this|your|the) (?:request|message|conversation|prompt)))"
    ),
    (
        r"(?:it (?:seems|looks|appears)(?: like| that| as if)? )?you (?:have not|haven'?t|did not"
        r"|didn'?t|forgot to|may have forgotten to) (?:provide|upload|attach|share|send|include)"
    ),
    (
        rf"(?:it (?:seems|looks|appears)(?: like| that"
        rf"| as if)? )?{_IMAGE}(?: you \w+)? (?:(?:is|seems to be"
        r"|appears to be) (?:missing(?:\W*$|[.,]| (?:from|in) (?:your|this|the) (?:request"
        r"|message))"
        r"|corrupt(?:ed)?(?:\W*$|,? (?:and|or) )|not a valid)|not found|unavailable|(?:(?:was"
        r"|is|were|did|does|could|can|has|have)(?:n'?t| ?not)"
        r"|failed to)"
        r"(?: be| been)? (?:attached|provided|uploaded|load|loaded|processed|included"
        r"|available(?! in)|display"
        r"|accessible|found|supported|come through|visible to me|received|viewed|analy[sz]ed"
        r"|opened|read|decoded)\w*\b)"
    ),
    (
        r"(?:it (?:seems|looks|appears)(?: like| that)? )?there (?:is|was|were|might be|may be"
        r"|seems to"
        r" be|appears to be|has been) (?:an?|some) (?:\w+ )?(?:issue|problem|error|trouble)s?"
        r"(?: (?:with|while|when|in|processing|loading|analy[sz]ing|generating|reading|handling))+"
        r" (?:the|your|this|an?|my)"
        r"(?: \w+)? (?:image|picture|photo|file|request|response|upload|attachment)s?\b"
    ),
    (
        r"(?:unable|failed|not able|cannot|can'?t|could not|couldn'?t|impossible)(?: to)? "
        r"(?:process|analy[sz]e|access|view|load|describe|read|decode|open|fetch|download|retrieve"
        rf"|parse|identify|recogni[sz]e|assist|comply)\b(?:\W*$| {_IMAGE}| (?:with|the request))"
    ),
    # A filter speaks.
    (
        r"(?:this|that|your|the)(?: generated| input| output)? (?:request|content|prompt|image"
        r"|picture"
        r"|photo|response)"
        r" (?:violates|may violate|may contain content|goes against|(?:was"
        r"|has been) (?:blocked|rejected|flagged"
        r"|refused"
        r"|filtered|declined)|is not (?:allowed|permitted)|(?:cannot|can'?t"
        r"|could not) be (?:processed"
        r"|fulfilled|described|analy[sz]ed|completed|answered))\b"
    ),
    (
        r"(?:request|content|response|output|answer|safety)\W+(?:was |is "
        r"|has been )?(?:blocked|refused"
        r"|declined|filtered|rejected|withheld|removed(?:\W*$|[.,]| (?:by|due))|not available\W*$)"
    ),
    (
        r"(?:this|that)(?:'s| is)? (?:content |request )?(?:is )?(?:not (?:possible|available)\W*$"
        r"|(?:can ?not|can'?t) be done\b)"
    ),
    r"(?:sorry\W+)?you have been blocked|nothing was (?:attached|uploaded|provided)",
    rf"the link to {_IMAGE} (?:is|was|does)",
    (
        r"(?:that|this|it|(?:that|this|your|the) request)(?:(?:'s| is)"
        r" not|isn't| isn't) something (?:that )?i(?:'m| am| can)\b"
        r"|(?:that|this|it|(?:that|this|your|the) request)(?:'s| is| falls) (?:(?:outside"
        r"|beyond)(?: of)? (?:my|what i)|against my)\b"
    ),
    r"(?:if|once|when|as soon as) you(?: can| could)? (?:upload|provide|share|attach|send)\b",
    r"i(?:'m|'ve been| am| have been| was) (?:designed|programmed|trained|built)\b",
    r"(?:blocked|filtered|refused) (?:by|due to) [^.]{0,30}(?:filter|safety|polic|moderation)",
    r"(?:content|usage|safety) (?:policy|policies|filter|guidelines)\b[^.]{0,20}(?:violat|$)",
    r"(?:it'?s |it is |this is )?against (?:my|our|the) (?:polic|guideline|usage|programming)",
)
_BEFORE: Final = (
    r"(?:(?>(?:unfortunately|regrettably|hello|hi there|hi|hey|good \w+|note|but|however|well"
    r"|no|sure"
    r"|of course|certainly|pardon me|i can help with that)\b\W+"
    # What is said before declining, up to the end of the clause.
    r"|(?:thank(?:s| you)|being an ai|due to|because of|for (?:\w+ )?(?:privacy|safety|security)"
    r"|to (?:protect|respect|ensure)|in (?:accordance|line) with|while i|although i|i understand"
    r"|i appreciate|as an? [\w-]+|given)\b[^.!;,]{0,80}?"
    r"(?:[.!;,]+ | (?=i\b)))(?:but |however\W+)?){0,4}"
)

ASKS_BACK: Final = re.compile(
    r"[^.!?。]{0,80}?(?:\b(?:images?|pictures?|photos?|bild|foto|afbeelding|imag[ei]|immagin|bille"
    r"|bilde|obraz|zdjęci|изображ|фото)|图片|图像|照片|画像|写真|이미지|사진)[^.!?。]{0,80}[?？]\W*"
)
"""A question about the picture and nothing else: whoever sees it does not ask."""


@cache
def refusal() -> re.Pattern[str]:
    """Return the beginning of a refusal in small letters, straight apostrophes and single blanks.

    Compiled with the first answer that is read, since that takes as long as a fifth of all our
    imports, and not everybody has a provider.
    """
    return re.compile(_BEFORE + "(?:" + "|".join((*_ENGLISH, *OTHER_LANGUAGES)) + ")")
