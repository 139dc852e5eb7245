// The newest events, as they come.
import { Card, define, fill, h, icon, offer, sheet } from "./base.js";
import { emptyState } from "./empty-state.js";
import { Row, tick, titleOf } from "./event-view.js";
import { configForm } from "./events-editor.js";
import { Filters } from "./events-filters.js";
import { EventsStore } from "./events-store.js";
import { openDetails } from "./details.js";
import { CARD_STYLES } from "./events-style.js";

const TICK_MS = 10_000;
const TELL_PAUSE_MS = 700;

class EventsCard extends Card {
  static styles = [sheet(CARD_STYLES)];

  #store;
  #rows = new Map();
  #cameras = [];
  #state = "loading"; // or: ready, not_loaded, error
  #error;
  #arrived = [];
  #telling;
  #parts;
  #watch;
  #empty;

  static getStubConfig() {
    return {};
  }

  static getConfigForm() {
    return configForm();
  }

  configure(config) {
    const { cameras, count, layout } = config;
    if (cameras !== undefined && !(Array.isArray(cameras) && cameras.every((one) => typeof one === "string"))) {
      throw new Error("cameras: a list of entity ids");
    }
    if (count !== undefined && count !== null && !(Number.isInteger(count) && count >= 1 && count <= 100)) {
      throw new Error("count: a number from 1 to 100");
    }
    if (layout !== undefined && !["list", "tiles"].includes(layout)) {
      throw new Error("layout: list or tiles");
    }
  }

  getCardSize() {
    return this.config?.count ? 1 + Math.ceil(this.config.count * 1.8) : 8;
  }

  getGridOptions() {
    const rows = this.config?.count ? "auto" : 8;
    return { columns: 12, rows, min_columns: 6, min_rows: 4 };
  }

  // Home Assistant says in which kind of view the card is.
  set layout(layout) {
    this.toggleAttribute("in-grid", layout === "grid" && typeof this.config?.grid_options?.rows !== "string");
    this.toggleAttribute("in-panel", layout === "panel");
  }

  get isOneCamera() {
    return this.config.cameras?.length === 1;
  }

  get cameras() {
    return this.#cameras;
  }

  // ------------------------------------------------------------ life

  begin() {
    const filter = this.#store?.filter ?? {};
    this.#store = new EventsStore(
      (message) => this.ask(message),
      () => this.redraw(),
      this.config.count || undefined,
    );
    Object.assign(this.#store.filter, filter, { cameras: this.config.cameras ?? [] });
    if (!this.#hasFilters) Object.assign(this.#store.filter, { camera: "", kind: "", search: "" });
    this.#rows.clear();
    this.#empty = null;
    this.#state = "loading";
    this.#build();
    this.follow({ type: "eyewitness/events/subscribe" }, (message) => this.#hear(message), {
      onReady: () => this.#load(),
      onError: (code, error) => this.#fail(code, error),
    });
    const ticking = setInterval(() => document.hidden || tick(this, this.root), TICK_MS);
    this.until(() => clearInterval(ticking));
    this.#watch = new IntersectionObserver((entries) => entries.at(-1).isIntersecting && this.#older(), {
      root: this.#parts.list,
      rootMargin: "400px",
    });
    this.until(() => this.#watch.disconnect());
  }

  async #load() {
    try {
      const [{ cameras }] = await Promise.all([
        this.ask({ type: "eyewitness/events/cameras" }),
        this.#store.reload(),
      ]);
      this.#cameras = cameras;
      this.#state = "ready";
    } catch (error) {
      await this.#fail(error?.code, error);
    }
    this.redraw();
  }

  async #fail(code, error) {
    if (code !== "not_loaded") this.#error = await this.errorText(error);
    // What is shown stays while Home Assistant starts: it has only just restarted.
    this.#state = code === "not_loaded" && this.#store.events.length ? "ready" : code === "not_loaded" ? code : "error";
    if (code === "not_loaded" && !this.#store.events.length) this.#empty = null;
    this.redraw();
  }

  #hear(message) {
    if (message.type === "added") {
      if (this.#store.added(message.event)) this.#tell(message.event);
      this.#state = "ready";
      if (!this.#cameras.some((camera) => camera.entity_id === message.event.camera)) this.#load();
    } else if (message.type === "removed") this.#store.removed(message.event_ids);
    else if (message.type === "reload") this.#load();
  }

  async #older() {
    if (this.#state !== "ready") return;
    try {
      await this.#store.older();
    } catch {
      this.redraw(); // the button stays
    }
  }

  // One sentence for those who do not see it, however many come at once.
  #tell(event) {
    this.#arrived.push(event);
    clearTimeout(this.#telling);
    this.#telling = setTimeout(() => {
      const many = this.#arrived.splice(0);
      const last = many.at(-1);
      this.#parts.status.textContent =
        many.length > 1
          ? this.t("card_new_events", { count: many.length })
          : this.t("card_new_event", { title: titleOf(this, last), camera: last.camera_name });
    }, TELL_PAUSE_MS);
  }

  // ------------------------------------------------------------ what is on it

  get #hasFilters() {
    return this.config.show_filters !== false;
  }

  #build() {
    const title = this.config.title ?? this.t("card_title");
    const list = h("ul", { class: "events", role: "list", onkeydown: (event) => this.#move(event) });
    list.addEventListener("focusin", (event) => this.#rove(event.target));
    const more = h(
      "div",
      { class: "more" },
      h("button", { class: "plain", type: "button", onclick: () => this.#older() }, this.t("card_show_older")),
    );
    const newest = h(
      "button",
      { class: "newest", type: "button", hidden: true, onclick: () => this.#toNewest() },
      icon("mdi:arrow-up"),
      h("span", {}, this.t("card_to_newest")),
    );
    const scroller = h("div", { class: "scroller" }, newest, list, more);
    scroller.addEventListener("scroll", () => this.#seen(), { passive: true });
    const empty = h("div", { class: "empty" });
    const status = h("div", { class: "unseen", role: "status" });
    const filters = this.#hasFilters ? new Filters(this, (change) => this.#filterBy(change)) : null;
    const card = h(
      "ha-card",
      { class: `${this.config.layout ?? "list"}${this.config.count ? " counted" : ""}` },
      (title || filters) && h("div", { class: "header" }, title && h("h2", { dir: "auto" }, title), filters?.element),
      scroller,
      empty,
      status,
    );
    fill(this.root, card);
    this.#parts = { list: scroller, events: list, more, newest, empty, status, filters, card };
  }

  draw() {
    const { events, more, newest, empty, list, card } = this.#parts;
    const shown = this.#store.events;
    const isReady = this.#state === "ready";
    card.setAttribute("aria-busy", String(this.#state === "loading"));
    this.#drawFilters();
    this.#drawRows(shown);
    more.hidden = !this.#store.next || !shown.length;
    newest.hidden = !this.#store.isBehind && newest.dataset.unseen === undefined;
    list.hidden = !shown.length || this.#state === "error";
    empty.hidden = !list.hidden;
    if (!empty.hidden) this.#drawEmpty(isReady);
    else this.#empty = null;
    events.setAttribute("aria-label", this.config.title || this.t("card_title"));
  }

  #drawRows(shown) {
    const { events, newest } = this.#parts;
    const isFirst = !this.#rows.size;
    const wanted = new Set(shown.map((event) => event.event_id));
    const keepPlace = this.#place(wanted);
    let lost = false;
    for (const [id, row] of this.#rows) {
      if (wanted.has(id)) continue;
      lost ||= row.element.contains(this.root.activeElement);
      row.element.remove();
      this.#rows.delete(id);
    }
    let place = events.firstElementChild;
    shown.forEach((event, index) => {
      let row = this.#rows.get(event.event_id);
      if (!row) {
        row = new Row(this, event, (opened) => this.#open(opened));
        this.#rows.set(event.event_id, row);
        if (!isFirst && index === 0) {
          row.element.classList.add("arrived");
          if (keepPlace) newest.dataset.unseen = "";
        }
      } else if (row.event !== event) row.show(event);
      if (row.element === place) place = place.nextElementSibling;
      else events.insertBefore(row.element, place);
    });
    keepPlace?.();
    const buttons = [...events.querySelectorAll("button.open")];
    if (buttons.length && !buttons.some((button) => button.tabIndex === 0)) buttons[0].tabIndex = 0;
    if (lost) (buttons[0] ?? this.#parts.filters)?.focus();
    // The end of the list may still be in sight, of which there is no further word.
    this.#watch.unobserve(this.#parts.more);
    this.#watch.observe(this.#parts.more);
  }

  // Whoever has scrolled down goes on reading there, whatever comes and goes above.
  #place(wanted) {
    const { list, events } = this.#parts;
    if (list.scrollTop < 8) return null;
    const top = (element) => element.getBoundingClientRect().top;
    const edge = top(list);
    const anchor = [...events.children].find(
      (row) => wanted.has(row.dataset.id) && row.getBoundingClientRect().bottom > edge,
    );
    if (!anchor) return null;
    const before = top(anchor);
    return () => {
      list.scrollTop += top(anchor) - before;
    };
  }

  #drawEmpty(isReady) {
    const kind = !isReady
      ? this.#state
      : this.#store.isFiltered
        ? "filtered"
        : "empty";
    if (this.#empty === kind) return; // an answer may be on its way in it
    this.#empty = kind;
    fill(
      this.#parts.empty,
      emptyState(this, kind, {
        error: this.#error,
        clear: () => this.#filterBy({ camera: "", kind: "", search: "" }),
        again: () => this.#load(),
      }),
    );
  }

  #toNewest() {
    delete this.#parts.newest.dataset.unseen;
    if (this.#store.isBehind) this.#load();
    this.#parts.list.scrollTo({ top: 0 });
    this.#parts.events.querySelector("button.open")?.focus();
    this.redraw();
  }

  #seen() {
    const { list, newest } = this.#parts;
    if (list.scrollTop < 8 && newest.dataset.unseen !== undefined) {
      delete newest.dataset.unseen;
      this.redraw();
    }
  }

  // ------------------------------------------------------------ filters

  #drawFilters() {
    const { cameras } = this.config;
    const choice = this.#cameras.filter((one) => !cameras?.length || cameras.includes(one.entity_id));
    this.#parts.filters?.show(this.#store.filter, choice);
  }

  async #filterBy(change) {
    Object.assign(this.#store.filter, change);
    this.#drawFilters();
    this.#parts.list.scrollTop = 0;
    await this.#load();
    const { events } = this.#store;
    this.#parts.status.textContent = events.length ? this.t("card_found") : this.t("card_none_found");
  }

  // ------------------------------------------------------------ keyboard, details

  #rove(target) {
    if (!target.matches("button.open")) return;
    for (const button of this.#parts.events.querySelectorAll('button.open[tabindex="0"]')) button.tabIndex = -1;
    target.tabIndex = 0;
  }

  #move(event) {
    const buttons = [...this.#parts.events.querySelectorAll("button.open")];
    const at = buttons.indexOf(this.root.activeElement);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    buttons[to]?.focus();
    buttons[to]?.closest("li").scrollIntoView({ block: "nearest" });
  }

  #open(event) {
    openDetails(this, event, {
      neighbour: (id, step) => {
        const { events } = this.#store;
        const at = events.findIndex((one) => one.event_id === id);
        if (at + step * 3 >= events.length) this.#older();
        return at < 0 ? undefined : events[at + step];
      },
      closed: (id) => (this.#rows.get(id)?.button ?? this.#parts.events.querySelector("button.open"))?.focus(),
    });
  }
}

define("eyewitness-card", EventsCard);
offer({
  type: "eyewitness-card",
  title: "card_title",
  about: "card_about",
  name: "Eyewitness",
  description: "What your cameras saw",
  getEntitySuggestion(hass, entityId) {
    if (entityId.startsWith("camera.")) {
      return { config: { type: "custom:eyewitness-card", cameras: [entityId] } };
    }
    if (hass.entities?.[entityId]?.platform !== "eyewitness") return null;
    return { config: { type: "custom:eyewitness-card" } };
  },
});
