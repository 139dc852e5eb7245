"""Texts that a picture could dictate to a model, to act on whatever page shows them."""

from typing import Final

HOST: Final = "evil.example"
URL: Final = f"https://{HOST}/x"

HOSTILE: Final = (
    f"A man ![cat]({URL}.png) waves",
    f"![cat][c] A man [c]: {URL}.png",
    f"[c]: {URL}",
    f"A man. [Log in again]({URL})",
    f"A man. [Log in again](//{HOST}/x)",
    f"A man. [Log in again]( <{URL}> 'now' )",
    f"[![cat]({URL}.png)]({URL})",
    f"Call {URL} now",
    f"Call www.{HOST} now",
    f"Call xxwwwwww..{HOST} now",
    f"Call HTTP://{HOST}/x, hthttps://tps://{HOST} and httpw://://{HOST}",
    f"Call ftp://{HOST}/x or <{URL}>",
    f"Write to help@{HOST} or mailto:help@{HOST}",
    f"Write to <help@{HOST}>",
    f"A man <img src={URL}.png> waves",
    f"A man <IMG/src='{URL}.png'",
    f"A man <video autoplay src={URL}.mp4></video> waves",
    f"A man <audio autoplay src={URL}.mp3></audio> waves",
    f"A man <iframe src={URL}></iframe> <object data={URL}></object> waves",
    f"<a href={URL}>A parcel has arrived</a>",
    "<ha-alert alert-type='error'>A parcel has arrived</ha-alert>",
    f"<ha-qr-code data='{URL}'></ha-qr-code> A man",
    "A man <ha-icon icon='mdi:lock'></ha-icon> <!-- hidden --> <?x ?> waves",
    "> [!WARNING] A parcel has arrived",
    "- > [!caution] A parcel has arrived",
    "1. > [!note] A parcel has arrived",
    "> \\[!TIP] A parcel has arrived",
    "> [\\!TIP] A parcel has arrived",
    "&gt; &#91;!IMPORTANT&#93; A parcel has arrived",
    "> &amp;#91;!IMPORTANT] A parcel has arrived",
    f"&lt;img src={URL}.png&gt; A man",
    f"&amp;lt;img src={URL}.png&amp;gt; A man",
    f"A man &#91;in&#93;&#40;{URL}&#41;",
    f"A man &#33;[in](&#104;ttps://{HOST}/y.png)",
    f"A man [in]\\({URL}) and [in]\u200c(//{HOST})",
    f"A man w\u00adww.{HOST} and ht\u200btps://{HOST}",
    "# A parcel has arrived",
    "```\nA parcel has arrived",
    "- [x] A parcel has arrived",
    f"A man <\u00adimg src={URL}.png> and <\x1b[0mimg src={URL}.png>",
)

HARMLESS: Final = (
    "A & B <3",
    "5 < 6 and 7>6",
    "A person (left) [blurred], and a dog [right].",
    "A van of H&M, R&D or AT&T costs $5, €3.50 or 4 £.",
    "It is 12:30, 1:0 and 3/4; -5 °C and +1 person.",
    "-5 °C outside",
    "> 5 people at the door",
    "#3 bus, about 50% full",
    "e.g. a parcel, i.e. a box: DHL/UPS, and/or nobody.",
    "He says “no!” and “why?” ¯|_(ツ)_/¯",
    "A *red* coat, a_b and ~5 people.",
    "2. Mai, Straße 3a; 1. Stock",
    "A sign: [SALE] 20-30 % @ home, user@home",
    "skraldespandslåget, skateboarding-tournament and skyltfönsterdekoratören",
    "A note reads sk-8 and xai-2.",
)
"""What must be read as it was written."""
