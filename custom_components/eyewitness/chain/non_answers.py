"""Tell apart what stands in an answer's place and is none.

A refusal, an error's words, a thought said aloud or a word for nothing is looked for at the
beginning of a text: in its midst it may be what the camera saw ("a sign that says Sorry").
"""

# ruff: noqa: RUF001 - letters of other languages

import re
from string import ascii_lowercase
from typing import Final

from . import policy
from .failures import Failure
from .placeholders import ANNOUNCES, NOTHING
from .refusals import ASKS_BACK, refusal

_STATUS: Final = (
    r"(?:bad request|unauthori[sz]ed|payment required|forbidden|not found|method not allowed"
    r"|request time-?out|conflict|payload too large|request entity too large|too many requests"
    r"|internal (?:server )?error|bad gateway|service (?:temporarily |is )?unavailable"
    r"|gateway time-?out|web server is down|origin is unreachable|a timeout occurred|overloaded"
    r"|unprocessable entity|(?:server|client) error)"
)
_WHAT: Final = r"(?:model|engine|server|service|api|upstream|backend|provider)"
_ERRORS: Final = (
    # Pages and streams
    (
        r"<(?:tool_call|function|!doctype|html|head|body|title|h[1-6]|center|pre|\?xml|error"
        r"|meta|script|style|hr)\b"
    ),
    r"data: ?(?:\{|\[done)|event: ?(?:error|ping|message)|: ?openrouter processing|\[done\]",
    r"(?:just a moment|attention required|checking your browser|ray id)\b|cloudflare(?:\W*$| ray)",
    # HTTP
    (
        rf"(?:http(?:/\d(?:\.\d)?)? ?)?(?:status )?(?:error )?(?:code:? )?[45]\d\d\W+"
        rf"(?:page )?{_STATUS}"
    ),
    rf"{_STATUS}(?: \(?[45]\d\d\)?)?\W*$",
    (
        r"(?:http|status|error)(?: (?:status|error|code))*\W{0,3}[45]\d\d(?:\W*$|:| -)"
        r"|http/\d(?:\.\d)? [1-5]\d\d"
    ),
    r"error \d{3,4}\W+you are\b|the plain http request|client sent an http|client disconnected",
    r"internal server error|bad gateway|service (?:temporarily )?unavailable|gateway time-?out",
    # Limits
    (
        r"too many requests\W*(?:$|[.:,!]|please|for)|(?:rate|request|usage|token|quota"
        r"|daily|free)[ -]?limit(?:s|ed)?\b"
        r"(?: (?:exceeded|reached|hit|error|of|\w+ (?:exceeded|reached))|\W*$)"
    ),
    (
        r"you(?:'ve| have)? (?:\w+ )?(?:exceeded|reached|hit|run out of) your "
        r"(?:current |monthly |daily |free |rate )*(?:quota|limit|credits?|usage|balance)"
    ),
    (
        r"(?:quota|credits?|budget) (?:\w+ )?(?:exceeded|exhausted)"
        r"|(?:your account has )?insufficient[ _](?:quota"
        r"|balance|credit|fund)"
    ),
    (
        r"(?:this model's |maximum |the )*(?:context|prompt|input|token) ?(?:length|size"
        r"|window|limit)? "
        r"(?:is \d+ tokens|exceeded|exceeds|is too long|too long|overflow)"
    ),
    (
        r"(?:cuda |gpu |system )?(?:ran )?out of memory\W*(?:$|\.|:|tried)|oom\b"
        r"|segmentation fault|killed\W*$"
    ),
    # Servers
    (
        rf"(?:the )?{_WHAT}\b[^.]{{0,60}} (?:is|are) (?:currently |temporarily )?(?:overloaded"
        r"|unavailable|loading\W*(?:$|please|try)|at capacity|experiencing|not (?:loaded|available"
        r"|found|supported|currently|ready))"
    ),
    (
        rf"(?:the )?(?:{_WHAT}|request|operation|connection|response)(?: has"
        rf"| was)? (?:timed? ?-?out"
        r"|refused|reset|aborted|cancell?ed|failed|overloaded|unavailable)\b"
    ),
    (
        r"(?:model|api key|endpoint|route|resource)\b[^.]{0,60} (?:not found|does not exist"
        r"|not valid"
        r"|is invalid|expired)"
    ),
    (
        r"(?:no healthy upstream|upstream (?:connect|request|sent|prematurely|error)|dial tcp|econn"
        r"|etimedout|enotfound|getaddrinfo|socket hang|name or service|fetch failed"
        r"|no route to host"
        r"|network is unreachable|connect(?:ion)? ?(?:refused|reset|timed out|error|aborted))"
    ),
    (
        r"no (?:\w+ )?(?:server|backend|endpoint|provider|upstream)s?\b[^.]{0,20} (?:available"
        r"|found)"
        r"|we(?:'re| are) (?:currently )?experiencing|(?:the )?server had an error|exceeds? context"
        r"|(?:loading|starting)(?: the)? model\W*$|loading\W*$|model is (?:warming up|starting"
        r"|loading)"
        r"|(?:the |this )?(?:server|service|site) is (?:shutting down|starting up"
        r"|under maintenance|down\W*$)"
        r"|maintenance in progress|we'll be (?:right )?back\W*$|this site can't be reached"
        r"|please (?:enable (?:javascript|cookies)|verify (?:that )?you are)|not authenticated"
        r"|max retries exceeded|\w+pool\(|the (?:page|resource|url) you (?:requested"
        r"|are looking for)"
        r"|access to (?:this|the) (?:resource|page|site|model) (?:is|was)|bad request: "
        r"|unknown model:"
        r"|\w+ runner process"
    ),
    r"(?:failed|unable|could not|cannot) to (?:connect|generate|parse|call|reach|allocate|run)\b",
    (
        r"something went wrong|oops\W+(?:something|an error|we|there|that)|please (?:log|sign) in\b"
        r"|(?:please )?try again(?:\W*$| later| in \d)"
    ),
    # Keys
    (
        r"(?:invalid|incorrect|missing|expired|no) (?:api|auth|authentication"
        r"|authori[sz]ation|access|x-api)"
        r"[- ]?(?:key|token|header|credentials)"
    ),
    (
        r"(?:authentication|authori[sz]ation|validation|permission) (?:failed|error|required"
        r"|denied)\b"
        r"|access denied\W*(?:$|you |for )"
    ),
    # Programs
    r"\[?(?:fatal |critical )?(?:error|err)\]?\d* ?(?:[:(|]| [-–] )|\[error\]|error code:? ?-?\d",
    r"an? (?:\w+ ){0,2}error (?:has |have |was )?(?:occurred|occured|encountered|happened)",
    (
        r"error (?:while|during|when|occurred|processing|generating|calling|communicating|fetching"
        r"|loading|decoding|parsing|in (?:the )?(?:request|response|model|completion))\b"
    ),
    (
        r"(?:internal|unexpected|unknown|upstream|server|api|network|proxy|gateway|model|runtime"
        r"|provider|cuda|timeout|connection)(?: \w+)? error\b(?! (?:is|on|sign|message|lamp))"
    ),
    (
        r"(?:traceback \(most|caused by:|panic: (?:runtime|interface|assignment)|goroutine \d"
        r"|unhandled|uncaught|stack ?trace"
        r"|file \"[^\"]*\", line|at [\w.$]+\([\w.]+:\d)"
    ),
    r"(?:[\w.]{1,80}error|[\w.]{0,80}exception|\w+\.[\w.]*timeout)(?:\[[^\]]{0,40}\])?(?::|\(| - )",
    (
        r"(?:llama\.cpp|ollama|litellm|vllm|openai|anthropic|openrouter|groq|gemini)[\w .]{0,30}"
        r"(?:error|exception|failed)\b"
    ),
    r"\{\s?[\"']?(?:error|errors|detail|message|code|status|fault)[\"']?\s?:",
    # Other languages
    (
        r"(?:ein |une |un |er is een |wystąpił |ocorreu um |det opstod en |ett "
        r"|si è verificato un )?"
        r"(?:interner |unerwarteter |interne |interno |unerwarteter )?"
        r"(?:serverfehler|fehler ist aufgetreten|erreur (?:interne|s'est|serveur)"
        r"|error interno|errore interno"
        r"|serverfout|fout opgetreden|błąd serwera|erro interno|fejl opstået|fel uppstod)"
        r"|(?:se ha producido|se produjo) un error|内部服务器错误|服务器(?:内部)?错误|请求过于频繁"
    ),
)
_THING: Final = (
    r"(?:api|model|request|requests|server|service|endpoints?|connection|stream|socket|token|key"
    r"|credits?|session|credit balance|quota|billing|limit|rate|json|input|image|parameter"
    r"|argument|schema"
    r"|(?:image )?data|response|payload|header|prompt|format|grammar|job|task|operation|read"
    r"|gateway|upstream)"
)
_SHORT_ERRORS: Final = (
    # "Invalid model", "too many concurrent requests"
    (
        rf"(?:invalid|unknown|unsupported|missing|bad|failed|expired|insufficient|incorrect"
        rf"|malformed"
        rf"|empty|no|too many)(?: \w+)? {_THING}(?: (?:found|for|from|generated)\b.{{0,40}})?$"
    ),
    # "Server is busy", "billing hard limit has been reached", "your credit balance is too low"
    (
        rf"(?:you have |the |this |your |a )?(?:\w+ )?{_THING}(?: \w+){{0,2}}?(?: is| was| are"
        rf"| has been| has)?"
        r"(?: currently)? (?:cancell?ed|canceled|aborted|exceeded|reached|limited|too low"
        r"|error|failed|invalid|unknown|expired|denied|not (?:loaded|found)|timed out"
        r"|experiencing high demand|overloaded|insufficient|refused|timeout)(?:\W.{0,40})?$"
    ),
    (
        r"(?:server|model|api|endpoint)(?: is)? busy\b|(?:connection|stream|socket)(?: was"
        r"| is)? closed\b"
    ),
    r"you (?:are|have|'ve) (?:being |been )?(?:rate.?limited|insufficient|no credits|run out)",
    r"(?:cannot|could not) (?:get|post|put) /|context (?:deadline exceeded|canceled|cancelled)",
    (
        r"(?:\w+: )?broken pipe|(?:unexpected )?eof$|[\w.]*nonetype|(?:unauthorized"
        r"|forbidden)[:.,(]|nginx"
    ),
    (
        r"(?:llama|ggml|clip|mtmd)_\w+|failed to \w+(?: \w+)?$|(?:exception|traceback|timeout"
        r"|timed out)$"
    ),
    r"[a-z]+(?:_[a-z]+)+$|(?:undefined|null|none|nan|nil)(?:\W+(?:undefined|null|none|nan|nil))*$",
    (
        r"nothing to describe|(?:empty|no) (?:response|output|content|result|answer"
        r"|text)(?: generated| from .{0,30})?$"
    ),
)
_ERROR: Final = re.compile("|".join((*_ERRORS, *_SHORT_ERRORS)))

_THOUGHT: Final = re.compile(
    r"(?:(?:okay|ok|alright|hmm+|so|well|wait|now|got it|first(?:ly)?|\d\W"
    r"|step \d)\W+)*+(?:step \d$|"
    r"(?:(?:the|this) )?user(?: \w+)? (?:wants?|ask(?:s|ed|ing)|says?|said|needs?|requires?"
    r"|provided"
    r"|uploaded|shared|sent|gave|requests?|requested|given|would like|is looking for)\b"
    r"|(?:the|this) (?:prompt|instructions?|system prompt|task|question|request|schema)(?: \w+)?"
    r" (?:wants?|asks?|asking|is to|says?|said|needs?|requires?|asked|given)\b"
    r"|(?:we|i)(?:'ll|'m| will| am| are)? (?:need|have|should|must|want|ought|going|asked"
    r"|given|told)"
    r" (?:to )?(?:produce|output|describe|analy[sz]e|look|answer|write|return|generate|respond"
    r"|create|figure|start|give|provide|check|identify|follow|format|think|be careful|tackle"
    r"|examine"
    r"|this|(?:an?|the) (?:image|picture|photo|prompt|task))\b"
    r"|(?:i'?ve|i have) (?:got )?(?:this|the|an?) (?:image|picture|photo)"
    r"|(?:i'?ll|i will|i'?m going to|i'?m trying to) (?:start|begin|analy|describe|look|examine|now"
    r"|provide|create|try|need|first|write|break|go)"
    r"|(?:let'?s|let me|let us) (?:think|start|analy[sz]e|examine|look|describe|craft|see"
    r"|break|take"
    r"|try|produce|check|consider|begin|write|figure|tackle|parse|create|carefully|now|first)\b"
    r"|(?:my|the) (?:task|job|goal) is to\b|to answer (?:this|the)\b"
    r"|i(?:'m| am) (?:now )?(?:analy[sz]ing|examining|looking at) (?:the|this) (?:image"
    r"|picture|photo)"
    r"|looking at (?:the|this) (?:image|picture|photo)\W+(?:i|we|let)\b"
    r"|(?:analy[sz]e|analy[sz]ing|understand|identify|examine|describe|look at)(?: and \w+)? the "
    r"(?:image|picture|photo|request|scene|prompt|user)\b"
    r"|(?:here'?s|here is) (?:a|my|the) (?:thinking|thought|reasoning)"
    r"|(?:my |the )(?:thought process|reasoning|chain of thought|thinking)\b"
    r"|(?:thinking|reasoning|thoughts?)(?: process)?(?:\W{0,3}:|$))"
)
"""How models that think aloud begin."""

_SEEN: Final = re.compile(
    r"[\"'“”„«‘]?(?:(?!can'?t|cannot|unable|not able|user|prompt|instruct|schema"
    r"|task)[^.!?;]){1,60}?[\"'“”„»’]?,? "
    r"(?:says|reads|is (?:written|painted|printed|what)|steht (?:auf|an)|dit (?:le|la|un)"
    r"|dice (?:el|la|un)|dice il|diz (?:o|a|um)|staat (?:op|er)|står (?:der|det|på|skrivet)) "
)
"""A sentence about words that the camera saw."""

_LETTERS: Final = frozenset(ascii_lowercase)
_EDGES: Final = re.compile(r"\A[\W_]+|[\W_]+\Z")
_BEFORE_WORDS: Final = re.compile(r"\A[^\w<{\[:]+")
_TAG: Final = re.compile(r"<[^<>]{1,40}>")
_NUMBER: Final = re.compile(r"[\d\s.,:%/+-]*")
OBJECT: Final = re.compile(
    r"""\{\s*(?:["'“‘}\\]|&(?:quot|apos|\#34|\#39);|//|/\*|\#|\w+\s*:)""", re.IGNORECASE
)
"""How an object begins in JSON, or in what is meant to be JSON; a brace in a sentence does not."""


def failure_in(text: str) -> Failure | None:
    """Return how a text fails that is no answer; None for one that may be an answer.

    A usual refusal is ``REFUSED``. An error's words, a thought or a word for nothing is
    ``MALFORMED``. Only the first ``policy.OPENING_CHARS`` are looked at.
    """
    opening = " ".join(text[: policy.OPENING_CHARS].lower().split()).replace("’", "'")
    words = _EDGES.sub("", opening)
    if words in NOTHING or _NUMBER.fullmatch(words) or words in _LETTERS:
        return Failure.MALFORMED
    if ANNOUNCES.fullmatch(_BEFORE_WORDS.sub("", opening)):
        return Failure.MALFORMED
    if _SEEN.match(opening):
        return None
    spoken = _EDGES.sub("", _TAG.sub(" ", opening))
    if refusal().match(spoken) or ASKS_BACK.fullmatch(opening):
        return Failure.REFUSED
    if _ERROR.match(_BEFORE_WORDS.sub("", opening)) or _ERROR.match(spoken):
        return Failure.MALFORMED
    return Failure.MALFORMED if _THOUGHT.match(spoken) else None


def is_prose(text: str) -> bool:
    """Return whether a text holds nothing that is, or was meant to be, a JSON object."""
    return OBJECT.search(text) is None
