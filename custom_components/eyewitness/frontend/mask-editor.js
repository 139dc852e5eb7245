// Black areas, drawn on the camera's own picture.
import { Card, define, fill, h, icon, isStarting, offer, pause, spoken } from "./base.js";
import { Areas } from "./mask-areas.js";
import { Lines, LINES_STYLE } from "./mask-lines.js";
import { MASK_STYLE } from "./mask-style.js";
import { Surface, SURFACE_STYLE } from "./mask-surface.js";

const RULES = "/config/integrations/integration/eyewitness";
const drafts = new Map(); // camera -> what was drawn and not saved, as long as the page is open
window.addEventListener("beforeunload", (event) => drafts.size && event.preventDefault());

class MaskCard extends Card {
  static styles = [MASK_STYLE, SURFACE_STYLE, LINES_STYLE];

  static getStubConfig() {
    return {};
  }

  static async getConfigForm() {
    const t = await spoken();
    return {
      schema: [{ name: "camera", selector: { entity: { filter: [{ domain: ["camera", "image"] }] } } }],
      computeLabel: () => t("mask_camera"),
      computeHelper: () => t("mask_camera_help"),
    };
  }

  #areas = new Areas();
  #camera = null;
  #shown = null; // what the server said of the camera
  #preview = null;
  #busy = null; // "picture", "preview" or "save"
  #note = null; // [kind, icon, text]
  #waiting = null; // why there is nothing to draw on yet
  #parts = null;
  #round = 0;

  configure({ camera }) {
    if (camera !== undefined && !/^(camera|image)\./.test(camera)) throw new Error("camera: a camera or image entity");
  }

  getCardSize() {
    return 8;
  }

  getGridOptions() {
    return { columns: 12, min_columns: 6 };
  }

  begin() {
    this.#areas.addEventListener("change", this.#changed);
    this.until(() => {
      this.#areas.removeEventListener("change", this.#changed);
      this.#round++;
    });
    this.#parts = null;
    this.#begin();
  }

  #begin() {
    this.#open(this.config.camera ?? this.#cameras()[0]?.id ?? null);
  }

  // What is drawn stays, and nobody asks the camera again.
  reword() {
    this.#parts = null;
    this.redraw();
  }

  // A camera may come while it is said that there is none.
  hassChanged() {
    if (this.ready && !this.#camera && this.#cameras().length) this.#begin();
  }

  // ---------------------------------------------------------------- what is known

  #cameras() {
    const { states, entities } = this.hass;
    return Object.keys(states)
      .filter((id) => /^(camera|image)\./.test(id) && entities?.[id]?.platform !== "eyewitness")
      .map((id) => ({ id, name: this.#name(id) }))
      .sort((one, other) => one.id.startsWith("image.") - other.id.startsWith("image.") || one.name.localeCompare(other.name));
  }

  #name(id) {
    return this.hass.states[id]?.attributes.friendly_name ?? id;
  }

  get #allowed() {
    return Boolean(this.hass.user?.is_admin);
  }

  #changed = () => {
    if (this.#shown) {
      if (this.#areas.changed) drafts.set(this.#camera, this.#areas.plain);
      else drafts.delete(this.#camera);
      if (this.#areas.changed && this.#note?.[0] === "good") this.#note = null;
    }
    this.#sync();
  };

  // ---------------------------------------------------------------- commands

  async #open(camera) {
    this.#camera = camera;
    this.#shown = null;
    this.#preview = null;
    this.#note = null;
    this.#areas.load([]);
    this.#parts = null;
    if (camera && this.#allowed) await this.#fetch();
    this.redraw();
  }

  // Get the camera's picture, and its areas unless they are being drawn.
  async #fetch() {
    const mine = ++this.#round;
    const camera = this.#camera;
    this.#busy = "picture";
    this.redraw();
    for (let tried = 0; mine === this.#round; tried++) {
      try {
        const shown = await this.ask({ type: "eyewitness/masks/get", camera });
        if (mine !== this.#round) return;
        const first = !this.#shown;
        this.#shown = shown;
        this.#waiting = null;
        this.#note = shown.problem ? ["bad", "mdi:camera-off", await this.errorText(shown.problem)] : null;
        if (first) {
          const draft = drafts.get(camera);
          this.#areas.load(shown.areas, draft);
          if (draft && this.#areas.changed) this.#note ??= ["some", "mdi:pencil", this.t("mask_draft")];
        }
        break;
      } catch (error) {
        if (mine !== this.#round) return;
        this.#waiting = isStarting(error) ? this.t("mask_starting") : await this.errorText(error);
        this.redraw();
        if (!isStarting(error)) break;
        await pause(tried);
      }
    }
    if (mine !== this.#round) return;
    this.#busy = null;
    this.redraw();
  }

  #togglePreview() {
    if (!this.#preview) return this.#look();
    this.#preview = this.#note = null;
    this.redraw();
  }

  async #look() {
    await this.#run("preview", async () => {
      this.#preview = await this.ask({ type: "eyewitness/masks/preview", camera: this.#camera, areas: this.#areas.plain });
      this.#note = ["", "mdi:eye", this.t("mask_previewed")];
    });
  }

  async #save() {
    await this.#run("save", async () => {
      const areas = this.#areas.plain;
      await this.ask({ type: "eyewitness/masks/save", camera: this.#camera, areas });
      this.#areas.saved(areas);
      this.#note = ["good", "mdi:check-circle", this.t("mask_saved")];
    });
  }

  async #run(what, work) {
    const camera = this.#camera;
    this.#busy = what;
    this.redraw();
    try {
      await work();
    } catch (error) {
      if (camera === this.#camera) this.#note = ["bad", "mdi:alert-circle", await this.errorText(error)];
    }
    this.#busy = null;
    this.redraw();
  }

  // ---------------------------------------------------------------- drawing

  draw() {
    if (!this.#allowed) return this.#say(this.t("mask_unauthorized"));
    if (!this.#camera) return this.#say(this.t("mask_no_camera"));
    if (!this.#parts) this.#build();
    const { surface, lines, picker, note, over, preview, frame, hints, fixed, views } = this.#parts;
    const shown = this.#shown;
    if (picker) {
      fill(
        picker,
        this.#cameras().map(({ id, name }) =>
          h("option", { value: id, selected: id === this.#camera }, drafts.has(id) ? this.t("mask_unsaved", { camera: name }) : name),
        ),
      );
    }
    surface.show(shown ?? { fixed: [] }, this.t("mask_surface", { camera: this.#name(this.#camera) }));
    const loading = this.#busy === "picture" ? this.t("mask_loading") : null;
    fill(over, this.#waiting ?? (shown?.picture ? null : loading));
    over.hidden = Boolean(shown?.picture) && !this.#waiting;
    surface.element.hidden = Boolean(this.#preview);
    surface.element.inert = !shown;
    preview.hidden = !this.#preview;
    if (this.#preview) preview.src = this.#preview.picture;
    preview.alt = this.t("mask_preview_alt", { camera: this.#name(this.#camera) });
    frame.setAttribute("aria-busy", String(Boolean(this.#busy)));
    lines.element.hidden = Boolean(this.#preview);
    hints.hidden = Boolean(this.#preview) || !shown;
    fixed.hidden = !shown?.fixed.length;
    views.hidden = !shown?.views.length;
    fill(views, this.t("mask_views", { views: shown?.views.join(", ") }));
    const [kind, name, text] = this.#note ?? [""];
    note.className = `note ${kind}`;
    fill(note, this.#note && [icon(name), h("span", {}, text)]);
    this.#sync();
  }

  #say(text) {
    this.#parts = null;
    fill(this.root, h("ha-card", {}, h("div", { class: "content" }, h("h2", {}, this.t("mask_title")), h("p", {}, text))));
  }

  #build() {
    const button = (key, name, onclick, kind = "") =>
      h("button", { type: "button", class: kind, title: this.t(key), onclick }, icon(name), h("span", {}, this.t(key)));
    const surface = new Surface(this.#areas, (...text) => this.t(...text), { onFull: () => this.#full(), hint: "keys" });
    const parts = {
      surface,
      lines: new Lines(this.#areas, (...text) => this.t(...text)),
      picker: this.config.camera && !this.config.page
        ? null
        : h("select", { onchange: ({ target }) => this.#open(target.value) }),
      note: h("p", { class: "note", role: "status" }),
      over: h("div", { class: "over" }),
      preview: h("img", { class: "preview", hidden: true }),
      renew: button("mask_renew", "mdi:camera", () => (this.#preview ? this.#look() : this.#fetch()), "small"),
      undo: button("mask_undo", "mdi:undo", () => this.#areas.undo(), "small"),
      remove: button("mask_delete", "mdi:delete", () => this.#areas.remove(this.#areas.selected), "small"),
      look: button("mask_preview", "mdi:eye", () => this.#togglePreview(), "look"),
      save: button("mask_save", "mdi:content-save", () => this.#save(), "main"),
      fixed: h("p", {}, this.t("mask_fixed"), " ", h("a", { href: RULES }, this.t("mask_rules"))),
      views: h("p", {}),
    };
    parts.hints = h("div", {}, h("p", {}, this.t("mask_hint")), h("p", { id: "keys" }, this.t("mask_keys")), parts.fixed, parts.views);
    parts.frame = h("div", { class: "frame" }, surface.element, parts.preview, parts.over);
    this.#parts = parts;
    const title = this.config.camera ? this.t("mask_title_of", { camera: this.#name(this.#camera) }) : this.t("mask_title");
    const picker = parts.picker && h("label", {}, this.t("mask_camera"), parts.picker);
    fill(
      this.root,
      h(
        "ha-card",
        { onkeydown: (event) => this.#key(event) },
        h("div", { class: "head" }, !this.config.page && h("h2", {}, title), picker),
        h(
          "div",
          { class: "content" },
          parts.frame,
          h("div", { class: "tools" }, parts.renew, parts.undo, parts.remove, parts.look, h("span", { class: "gap" }), parts.save),
          parts.note,
          parts.lines.element,
          parts.hints,
        ),
      ),
    );
  }

  #sync() {
    if (!this.#parts) return;
    const { surface, lines, picker, renew, undo, remove, look, save } = this.#parts;
    surface.sync();
    lines.sync();
    if (picker) picker.disabled = ["preview", "save"].includes(this.#busy);
    const still = Boolean(this.#busy) || !this.#shown;
    renew.disabled = Boolean(this.#busy);
    undo.disabled = still || !this.#areas.undoable || Boolean(this.#preview);
    remove.disabled = still || !this.#areas.selected || Boolean(this.#preview);
    look.disabled = still;
    look.title = look.lastChild.textContent = this.t(this.#preview ? "mask_back" : "mask_preview");
    save.disabled = still || !this.#areas.changed;
  }

  #full() {
    this.#note = ["bad", "mdi:alert-circle", this.t("mask_full")];
    this.redraw();
  }

  #key(event) {
    if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.target.closest?.("input")) return;
    event.preventDefault();
    this.#areas.undo();
  }
}

define("eyewitness-mask-card", MaskCard);
offer({
  type: "eyewitness-mask-card",
  title: "mask_title",
  about: "mask_about",
  name: "Eyewitness black areas",
  description: "Draw black areas on a camera's own picture",
  preview: false,
});
