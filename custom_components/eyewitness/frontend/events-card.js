// The newest events, as they come.
import { Card, define, fill, h, icon, offer, sheet } from "./base.js";
import { camerasOf, emptyState } from "./empty-state.js";
import { tick, titleOf } from "./event-view.js";
import { configForm } from "./events-editor.js";
import { Filters } from "./events-filters.js";
import { EventsList } from "./events-list.js";
import { EventsStore } from "./events-store.js";
import { openDetails } from "./details.js";
import { CARD_STYLES } from "./events-style.js";

const TICK_MS = 10_000;
const TELL_PAUSE_MS = 700;

class EventsCard extends Card {
  static styles = [sheet(CARD_STYLES)];

  #store;
  #cameras = [];
  #state = "loading"; // or: ready, not_loaded, error
  #error;
  #arrived = [];
  #telling;
  #parts;
  #details;
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
    this.#empty = null;
    this.#state = "loading";
    this.#build();
    this.follow({ type: "eyewitness/events/subscribe" }, (message) => this.#hear(message), {
      onReady: () => this.#load(),
      onError: (code, error) => this.#fail(code, error),
    });
    const ticking = setInterval(() => document.hidden || tick(this, this.root), TICK_MS);
    this.until(() => clearInterval(ticking));
  }

  // A camera may come while it is said that there is none.
  hassChanged(before) {
    if (this.ready && this.#state === "ready" && !this.#store.events.length && before.states !== this.hass.states) this.redraw();
  }

  // Where somebody has scrolled to stays in the list when it is loaded anew by itself.
  async #load({ isAnew = false } = {}) {
    try {
      const [{ cameras }] = await Promise.all([
        this.ask({ type: "eyewitness/events/cameras" }),
        this.#store.reload({ isAnew }),
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
    if (this.#state === "not_loaded") this.#empty = null; // why it does not start may be known by now
    this.redraw();
  }

  #hear(message) {
    if (message.type === "added") {
      if (this.#store.added(message.event)) this.#tell(message.event);
      const isKnown = this.#cameras.some((camera) => camera.entity_id === message.event.camera);
      if (!isKnown || this.#state !== "ready") this.#load();
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

  get #title() {
    return this.config.title ?? this.t("card_title");
  }

  get #hasFilters() {
    return this.config.show_filters !== false;
  }

  #build() {
    const title = this.#title;
    const list = new EventsList(this, {
      open: (event) => this.#open(event),
      older: () => this.#older(),
      renew: () => this.#store.isBehind && this.#load(),
    });
    this.until(() => list.end());
    const empty = h("div", { class: "empty" });
    const status = h("div", { class: "unseen", role: "status" });
    const filters = this.#hasFilters ? new Filters(this, (change) => this.#filterBy(change)) : null;
    const header = h("div", { class: "header" }, title && h("h2", { dir: "auto" }, title), filters?.element);
    const card = h(
      "ha-card",
      { class: `${this.config.layout ?? "list"}${this.config.count ? " counted" : ""}` },
      header,
      list.element,
      empty,
      status,
    );
    fill(this.root, card);
    this.#parts = { header, list, empty, status, filters, card };
  }

  draw() {
    const { header, list, empty, filters, card } = this.#parts;
    const hasEvents = this.#store.events.length > 0 && this.#state !== "error";
    card.setAttribute("aria-busy", String(this.#state === "loading"));
    list.show(this.#store);
    list.element.hidden = !hasEvents;
    empty.hidden = hasEvents;
    if (hasEvents) this.#empty = null;
    else this.#drawEmpty();
    this.#drawFilters();
    // Where there is nothing to look for, nothing asks what to look for.
    const isSearchable = hasEvents || this.#store.isFiltered || this.#state === "loading";
    if (filters) filters.element.hidden = !isSearchable;
    header.hidden = !this.#title && !(filters && isSearchable);
    this.#details?.sync();
  }

  #drawEmpty() {
    const nothing = this.#store.isFiltered ? "filtered" : "empty";
    const kind = this.#state === "ready" ? nothing : this.#state;
    const shown = kind === "empty" ? JSON.stringify(camerasOf(this)) : kind;
    if (this.#empty === shown) return; // an answer may be on its way in it
    this.#empty = shown;
    fill(
      this.#parts.empty,
      emptyState(this, kind, {
        error: this.#error,
        clear: () => this.#filterBy({ camera: "", kind: "", search: "" }),
        again: () => this.#load(),
      }),
    );
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
    this.#parts.list.toTop();
    await this.#load({ isAnew: true });
    const { events } = this.#store;
    this.#parts.status.textContent = events.length ? this.t("card_found") : this.t("card_none_found");
  }

  // ------------------------------------------------------------ details

  #open(event) {
    let place = 0; // in the list, also when the event has left it since
    this.#details = openDetails(this, event, {
      neighbour: (id, step) => {
        const { events } = this.#store;
        const at = events.findIndex((one) => one.event_id === id);
        if (at >= 0) place = at;
        if (place + step * 3 >= events.length) this.#older();
        return events[at >= 0 || step < 0 ? place + step : place];
      },
      closed: (id) => {
        this.#details = null;
        this.#parts.list.focus(id);
      },
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
