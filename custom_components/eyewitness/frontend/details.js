// One event in full: a dialog of the browser's own, which keeps the focus, closes with Esc and lies
// above everything.
import { define, fill, formatDateTime, formatMoney, formatNumber, h, icon, relativeTime, sheet } from "./base.js";
import { OBJECT_ICONS, picture, textOf, titleOf } from "./event-view.js";
import { DETAILS_STYLES } from "./events-style.js";
import { isFailed } from "./events-store.js";
import { SHARED_STYLE } from "./shared-style.js";

let open = null;

export function openDetails(card, event, { neighbour, closed }) {
  open?.close();
  open = document.createElement("eyewitness-details");
  open.begin(card, { neighbour, closed });
  open.dir = getComputedStyle(card).direction; // Home Assistant's own element has it, the body has not
  document.body.append(open);
  open.show(event);
  return open;
}

class Details extends HTMLElement {
  #card;
  #event;
  #neighbour;
  #closed;
  #dialog;
  #round = 0;

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [SHARED_STYLE, sheet(DETAILS_STYLES)];
  }

  begin(card, { neighbour, closed }) {
    this.#card = card;
    this.#neighbour = neighbour;
    this.#closed = closed;
  }

  close() {
    this.#dialog?.close();
  }

  show(event) {
    this.#event = event;
    this.#build();
    this.#dialog.showModal();
    this.#turn(event);
  }

  #build() {
    const t = (key) => this.#card.t(key);
    const step = (name, by, label) =>
      h("button", { class: "icon", type: "button", "data-step": by, "aria-label": label, title: label, onclick: () => this.#step(by) }, icon(name));
    const dialog = (this.#dialog = h(
      "dialog",
      { "aria-labelledby": "title", "aria-describedby": "description" },
      h(
        "div",
        { class: "bar" },
        h("button", { class: "icon", type: "button", autofocus: true, "aria-label": t("card_close"), title: t("card_close"), onclick: () => dialog.close() }, icon("mdi:close")),
        h("h2", { id: "title", dir: "auto" }),
        step("mdi:chevron-left", -1, t("card_newer")),
        step("mdi:chevron-right", 1, t("card_older")),
      ),
      h("div", { class: "content", tabindex: "0" }),
    ));
    dialog.addEventListener("keydown", (event) => this.#key(event));
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => {
      open = null;
      this.remove();
      this.#closed(this.#event.event_id);
    });
    fill(this.shadowRoot, dialog);
  }

  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const isLeftToRight = getComputedStyle(this.#dialog).direction === "ltr";
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    this.#step(isLeftToRight ? by : -by);
  }

  #step(by) {
    const event = this.#neighbour(this.#event.event_id, by);
    if (event) this.#turn(event);
  }

  async #turn(event) {
    const mine = ++this.#round;
    this.#event = event;
    this.#draw(event, null);
    try {
      const whole = await this.#card.ask({ type: "eyewitness/events/get", event_id: event.event_id });
      if (mine === this.#round) this.#draw(whole, whole.attempts ?? []);
    } catch (error) {
      const text = error?.code === "not_found" ? this.#card.t("card_gone") : await this.#card.errorText(error);
      if (mine === this.#round) this.#draw(event, [], text);
    }
  }

  // Say whether there is a newer one and an older one by now.
  sync() {
    for (const button of this.shadowRoot.querySelectorAll("[data-step]")) {
      const isEnd = !this.#neighbour(this.#event.event_id, Number(button.dataset.step));
      // Not "disabled": that would take the focus from whoever has come to the end by this button.
      button.setAttribute("aria-disabled", String(isEnd));
    }
  }

  #draw(event, attempts, error) {
    const card = this.#card;
    const { hass } = card;
    this.sync();
    this.shadowRoot.querySelector("h2").textContent = titleOf(card, event);
    const content = this.shadowRoot.querySelector(".content");
    const date = new Date(event.timestamp);
    fill(
      content,
      this.#picture(event, attempts !== null),
      error && h("p", { class: "error", role: "alert" }, error),
      h("p", { id: "description", class: "text", dir: "auto" }, isFailed(event) && icon(OBJECT_ICONS.failed), textOf(card, event)),
      this.#marks(event),
      h(
        "dl",
        {},
        fact(card.t("card_camera"), event.camera_name),
        fact(card.t("card_time"), [formatDateTime(hass, date), h("span", { class: "quiet" }, relativeTime(hass, date))]),
        event.provider && fact(card.t("card_answered_by"), [event.provider_name || event.provider, event.model && h("span", { class: "quiet" }, event.model)]),
        typeof event.confidence === "number" &&
          fact(card.t("card_confidence"), formatNumber(hass, event.confidence / 100, { style: "percent" })),
        fact(card.t("card_took"), card.seconds(event.total_time_ms)),
        fact(card.t("card_cost"), event.cost === null ? card.t("card_unknown") : formatMoney(hass, event.cost)),
      ),
      attempts?.length > 0 && this.#trail(attempts),
    );
  }

  // The small one at once, the large one over it as soon as it is there.
  #picture(event, isWhole) {
    const card = this.#card;
    const alt = card.t("card_picture_of", { camera: event.camera_name });
    if (!event.thumbnail && !event.picture) {
      return isWhole && h("p", { class: "quiet no-picture-text" }, icon("mdi:image-off-outline"), card.t("card_no_picture"));
    }
    const frame = h("div", { class: "picture" });
    if (event.thumbnail) frame.append(picture(card, event, { alt: event.picture ? "" : alt }));
    if (event.picture) {
      const large = picture(card, event, { which: "picture", alt, class: "large" });
      frame.append(large);
    }
    return frame;
  }

  #marks(event) {
    const card = this.#card;
    const mark = (name, text, kind) => h("li", { class: kind }, icon(name), text);
    const marks = [
      event.importance === "high" && mark("mdi:alert-circle", card.t("card_important"), "important"),
      ...event.objects.map((object) => mark(OBJECT_ICONS[object] ?? OBJECT_ICONS.other, card.t(`card_kind_${object}`) || object)),
      event.reused && mark("mdi:content-duplicate", card.t("card_reused")),
      event.stale && mark("mdi:history", card.t("card_stale")),
    ].filter(Boolean);
    return marks.length > 0 && h("ul", { class: "marks", role: "list" }, marks);
  }

  #trail(attempts) {
    const card = this.#card;
    const head = ["card_who", "card_how_it_ended", "card_took", "card_cost"];
    return [
      h("h3", { id: "trail" }, card.t("card_attempts")),
      h(
        "table",
        { "aria-labelledby": "trail" },
        h("thead", {}, h("tr", {}, head.map((key) => h("th", { scope: "col" }, card.t(key))))),
        h(
          "tbody",
          {},
          attempts.map((attempt) =>
            h(
              "tr",
              { class: attempt.outcome === "ok" ? "ok" : "not-ok" },
              h("th", { scope: "row" }, h("bdi", {}, attempt.provider_name || card.provider(attempt.provider)), attempt.model && h("span", { class: "quiet" }, attempt.model)),
              h(
                "td",
                {},
                h("span", { class: "how" }, icon(attempt.outcome === "ok" ? "mdi:check-circle-outline" : "mdi:close-circle-outline"), card.outcome(attempt.outcome)),
              ),
              h("td", { class: "number" }, card.seconds(attempt.response_time_ms)),
              h("td", { class: "number" }, attempt.cost === null ? [h("span", { "aria-hidden": "true" }, "–"), h("span", { class: "unseen" }, card.t("card_unknown"))] : formatMoney(card.hass, attempt.cost)),
            ),
          ),
        ),
      ),
    ];
  }
}

function fact(name, value) {
  return h("div", {}, h("dt", {}, name), h("dd", {}, value));
}

define("eyewitness-details", Details);
