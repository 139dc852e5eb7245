"""What stands where an answer should be: words for nothing, and what only announces it."""

import re
from typing import Final

ANNOUNCES: Final = re.compile(
    # A colon with nothing behind it, and the names of fields without any value.
    r"[^.:]*:|(?:final answer|draft \d)\b.*|(?:\W*\b(?:title|description|objects|confidence"
    r"|importance)\b)+\W*"
    # What a model was told to fill in.
    r"|(?:an? |your |the |short |detailed |brief |one |concise )*(?:title|description|summary"
    r"|caption)"
    r"(?: (?:here|of the (?:event|image|picture|photo|scene)))?"
    r"|(?:one or two|1-2) sentences?\b[^.]{0,60}\W*"
)
"""What announces an answer, or says where one should be."""

NOTHING: Final = frozenset(
    word.strip()
    for line in """
    undefined | none | null | nil | nan | n/a | na | n.a | empty | str | string | text | title
    description | summary | object | objects | array | json | true | false | unknown | tbd | todo
    placeholder | example | sample | sure | certainly | of course | absolutely
    ok | okay | yes | no | done | success | error | errors | failed
    failure | test | missing | unavailable | default | answer | response | result | output
    assistant | user | system | model | image | picture | photo | content | message | html
    overloaded | timeout | timed out
    not available | not applicable | not provided | no description | no title | no answer
    no response | no content | no output | no data | no result | no text | empty string
    empty response | undefined description | string or null | your description here
    description here | insert description here | title here | your description | your title
    your_description | your_title | untitled | see above
    lorem ipsum | description of the image | the description
    a description | short description | no description available | no description provided
    description unavailable | object object | not found | timed out | short title
    title and description
    """.splitlines()
    for word in line.split("|")
    if word.strip()
)
"""Whole answers that say nothing, in small letters."""
