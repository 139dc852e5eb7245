// Search, camera and kind, above the events.
import { fill, h, icon } from "./base.js";
import { OBJECT_ICONS } from "./event-view.js";
import { KINDS } from "./events-store.js";

const SEARCH_PAUSE_MS = 300;
const LONGEST_SEARCH = 200; // as the command takes it

export class Filters {
  #card;
  #field;
  #select;
  #chips;
  #filter = {};
  #choice = "";

  // `choose({search | camera | kind})` is called when a person has chosen something else.
  constructor(card, choose) {
    this.#card = card;
    const search = card.t("card_search");
    this.#field = h("input", {
      type: "search",
      placeholder: search,
      "aria-label": search,
      enterkeyhint: "search",
      maxlength: LONGEST_SEARCH,
    });
    let waiting;
    this.#field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => choose({ search: this.#field.value.trim() }), SEARCH_PAUSE_MS);
    });
    this.#select = h("select", {
      "aria-label": card.t("card_camera"),
      onchange: () => choose({ camera: this.#select.value }),
    });
    this.#chips = Object.keys(KINDS).map((kind) =>
      h(
        "button",
        {
          type: "button",
          class: "chip",
          "data-kind": kind,
          onclick: () => choose({ kind: this.#filter.kind === kind ? "" : kind }),
        },
        icon(OBJECT_ICONS[kind]),
        h("span", {}, card.t(`card_kind_${kind}`)),
      ),
    );
    this.element = h(
      "div",
      { class: "filters" },
      h("div", { class: "fields" }, h("span", { class: "search" }, icon("mdi:magnify"), this.#field), this.#select),
      h("div", { class: "chips", role: "group", "aria-label": card.t("card_kind") }, this.#chips),
    );
  }

  focus() {
    this.#field.focus();
  }

  show(filter, cameras) {
    if (filter.search !== this.#filter.search && filter.search !== this.#field.value.trim()) {
      this.#field.value = filter.search;
    }
    this.#filter = { ...filter };
    const choice = JSON.stringify(cameras);
    if (choice !== this.#choice) {
      this.#choice = choice;
      fill(
        this.#select,
        h("option", { value: "" }, this.#card.t("card_all_cameras")),
        cameras.map((camera) => h("option", { value: camera.entity_id }, camera.name)),
      );
    }
    this.#select.hidden = cameras.length < 2;
    this.#select.value = filter.camera;
    for (const chip of this.#chips) {
      chip.setAttribute("aria-pressed", String(chip.dataset.kind === filter.kind));
    }
  }
}
