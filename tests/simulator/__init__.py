"""A simulator of the four vendors' HTTP APIs on 127.0.0.1.

It speaks OpenAI and xAI Chat Completions, Gemini generateContent and Anthropic
Messages, and their model lists, as strictly as the vendors do. It decodes every picture
and says something true about it; the demo's photo it knows. Faults are scripted,
requests are recorded.

From the command line::

    python -m tests.simulator --port 0 [--fail openai,grok] [--log FILE]

prints one line, ``listening on http://127.0.0.1:PORT``, and serves until SIGTERM or
Ctrl-C. ``--fail``: status 500 for every description of these vendors, for ever.
``--log``: one JSON line for each request when it has ended (a `record.RequestRecord`).

In a test (`SimulatorUrls` makes the base URLs, `KEYS` are valid at the start)::

    async with Simulator() as sim:                   # Simulator(port=0, log_file=None,
        sim.urls.openai; sim.urls.base("grok")       #           failing=())
        sim.keys["openai"]; sim.set_key("openai", "another-key")
        sim.fail("openai", "rate_limit", retry_after=30)     # -> Fault
        sim.fail("grok", count=2)                            # kind "server_error"
        sim.fail("gemini", "hang", endpoint="models", repeat=True)
        sim.faults("openai"); sim.clear_faults(); sim.clear_faults("openai")
        sim.requests(); sim.requests("grok", "describe")     # -> list[RequestRecord]
        await sim.wait_for_requests(2, "grok", seconds=5.0)
        sim.image(seq, index=0)                              # -> bytes as sent
        sim.clear_requests()
        sim.models("openai"); sim.set_models("openai", [Model(id="x")])
        sim.offer("grok", "grok-2-vision-1212")              # switch a retired one on
        sim.retire("grok", "grok-4.3")
        sim.redirect("gemini", "gemini-2.5-flash", "gemini-3.5-flash-lite")
        sim.reset()                                          # as it was started

The control API below ``ROOT/_control`` does the same over HTTP, in JSON and without a key; its
routes stand at the top of `control`. A wrong call gets 400 ``{"error": "..."}``.

Each vendor has one queue of faults. A request takes the first fault of its endpoint
("describe", the default, or "models"); each is used ``count`` times (1), or for ever with
``repeat: true``, and then hides those behind it. ``latency`` (seconds before anything is
sent) and ``headers`` go with every kind. The kinds (`faults.Fault` has all fields):

- ``latency``: wait, then answer as usual
- ``status`` with ``status`` [``body``: text or JSON]; without a body the vendor's own one
- the vendor's own error: ``server_error`` [``status`` 500], ``overloaded``, ``rate_limit``
  [``retry_after``: header, or Google's retryDelay], ``daily_quota`` [``retry_after``] (Gemini
  PerDay; elsewhere like ``rate_limit``), ``quota`` [``variant``: any code of OpenAI's; xAI
  "spending_limit"; Anthropic "billing", "spend_limit", "usage_limit"], ``auth``,
  ``forbidden``, ``model_missing``, ``too_large``, ``image_too_large``, ``context_length``,
  ``unsupported`` [``parameter``]
- ``html``, ``non_json`` [``text``] [``status`` 200]; ``redirect`` ``location`` [``status``
  302]
- what the model says, after the request has passed all checks (a refused request leaves
  the fault in the queue): ``answer`` ``text`` as it stands, ``empty``, ``null`` (no
  content), ``no_choices``, ``length`` (cut off) [``text``: "" for none], ``thinking`` (a
  block of thinking comes first; Gemini and Anthropic), ``blind`` (a sentence that was made up
  without a look at the picture), ``refusal`` [``variant``: OpenAI
  and xAI "", "content_filter", "policy" (an HTTP error); Gemini "" or "prompt" for a
  blocked prompt, else the finishReason such as "SAFETY"; Anthropic "" or a category]
- the connection: ``hang``, ``reset`` (before the reply), ``reset_mid_body``,
  ``truncated`` (half the body, then the end), ``drip`` [``rate`` bytes a second],
  ``huge`` [``size`` 50 MiB, ``content_length`` true, ``gzip`` false]: good JSON with
  spaces behind it

With a fault, a record's ``strict_status`` still says what the vendor would have answered. As at
the vendors, thinking uses up the output cap: OpenAI's and Anthropic's new models answer with no
text when thinking is left at its default and the cap is 300.

Not simulated: streaming (501), tools, pictures by address, ``$ref`` in a schema. `samples`
has one good request for each vendor. Where each error body comes from, and which texts are
not confirmed, stands at the top of each module in `vendors`.
"""

from .catalog import Model
from .faults import Fault
from .record import RequestRecord
from .simulator import Simulator
from .wire import KEYS, VENDORS, SimulatorUrls, Vendor

__all__ = [
    "KEYS",
    "VENDORS",
    "Fault",
    "Model",
    "RequestRecord",
    "Simulator",
    "SimulatorUrls",
    "Vendor",
]
