// Each area as a line of numbers, for those who would rather type, and for screen readers.
import { h, icon, sheet } from "./base.js";
import { SIDES, rounded } from "./mask-areas.js";

export const LINES_STYLE = sheet(`
  ol { list-style: none; margin: 0; padding: 0; display: flex; flex-direction: column; gap: 8px; }
  ol:empty { display: none; }
  .area-line {
    display: grid; gap: 8px; align-items: end; padding: 8px 8px 8px 12px; grid-template-columns: repeat(4, minmax(0, 1fr));
    border: 1px solid var(--divider-color); border-radius: var(--ha-border-radius-lg, 12px);
  }
  .area-line.selected { border-color: var(--primary-color); }
  .area-line .name { grid-column: 1 / 4; }
  .area-line button { justify-self: end; }
  .area-line label { display: flex; flex-direction: column; gap: 2px; min-inline-size: 0; font-size: var(--ha-font-size-s, 12px); color: var(--secondary-text-color); }
  .area-line input {
    inline-size: 100%; padding: 0 8px;
    background: color-mix(in srgb, var(--primary-text-color) 5%, transparent); border: 0; border-block-end: 1px solid var(--secondary-text-color);
    border-radius: 4px 4px 0 0; font-variant-numeric: tabular-nums;
  }
  @container (min-width: 640px) {
    .area-line { grid-template-columns: minmax(0, 2fr) repeat(4, minmax(0, 1fr)) auto; }
    .area-line .name { grid-column: auto; }
    .area-line button { order: 1; }
  }
`);

export class Lines {
  #areas;
  #t;
  #lines = new Map(); // area id -> { line, fields }

  constructor(areas, t) {
    this.#areas = areas;
    this.#t = t;
    this.element = h("ol", { "aria-label": t("mask_lines") });
  }

  sync() {
    const { list, selected } = this.#areas;
    for (const [id, { line }] of this.#lines) {
      if (list.some((area) => area.id === id)) continue;
      line.remove();
      this.#lines.delete(id);
    }
    for (const area of list) {
      const { line, fields } = this.#lines.get(area.id) ?? this.#line(area.id);
      line.classList.toggle("selected", area.id === selected?.id);
      for (const [name, field] of Object.entries(fields)) {
        if (field !== field.getRootNode().activeElement) field.value = area[name];
      }
    }
  }

  #line(id) {
    const area = () => this.#areas.list.find((each) => each.id === id);
    const field = (name, props, take) =>
      h("input", {
        ...props,
        onfocus: () => this.#areas.select(area()),
        onchange: ({ target }) => {
          take(target.value);
          target.value = area()[name];
        },
      });
    const fields = {
      name: field("name", { type: "text", maxlength: "80", dir: "auto" }, (text) => this.#areas.rename(area(), text.trim() || area().name)),
    };
    for (const side of SIDES) {
      fields[side] = field(side, { type: "number", min: "0", max: "100", step: "0.1", inputmode: "decimal" }, (text) => {
        if (text === "") return;
        this.#areas.remember();
        this.#areas.resize(area(), { [side]: rounded(Number(text)) });
      });
    }
    const line = h(
      "li",
      { class: "area-line" },
      h("label", { class: "name" }, this.#t("mask_name"), fields.name),
      h(
        "button",
        { type: "button", class: "round", "aria-label": this.#t("mask_delete"), title: this.#t("mask_delete"), onclick: () => this.#areas.remove(area()) },
        icon("mdi:delete"),
      ),
      SIDES.map((side) => h("label", {}, this.#t(`mask_side_${side}`), fields[side])),
    );
    const made = { line, fields };
    this.#lines.set(id, made);
    this.element.append(line);
    return made;
  }
}
