// The camera's picture, on which areas are drawn, moved and resized with finger, mouse or keys.
import { fill, h, sheet } from "./base.js";
import { rounded } from "./mask-areas.js";

const DRAWN = 1; // percent each way; what is smaller was a tap beside an area
const STEP = 1; // percent
const CORNERS = [
  ["left", "top"],
  ["right", "top"],
  ["right", "bottom"],
  ["left", "bottom"],
];
const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

export const SURFACE_STYLE = sheet(`
  .surface {
    position: relative; direction: ltr; inline-size: 100%; margin-inline: auto;
    background: color-mix(in srgb, var(--primary-text-color) 10%, transparent);
    touch-action: none; user-select: none; -webkit-user-select: none; cursor: crosshair;
    border-radius: var(--ha-border-radius-lg, 12px);
  }
  .surface > img, .fixed { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; border-radius: inherit; pointer-events: none; }
  .fixed { background: repeating-linear-gradient(135deg, rgb(0 0 0 / 92%) 0 10px, rgb(60 60 60 / 92%) 10px 14px); }
  .area {
    position: absolute; box-sizing: border-box; cursor: move; touch-action: none;
    background: rgb(0 0 0 / 80%); border: 2px solid #fff; box-shadow: 0 0 0 1px rgb(0 0 0 / 60%);
    color: #fff; font-size: 12px; line-height: 1.2; overflow: visible;
  }
  .area span { position: absolute; inset: 2px 4px auto; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; pointer-events: none; }
  .area.selected span { inset-inline: 14px; }
  .area.selected { border-color: var(--primary-color); z-index: 1; }
  .surface:not(.pointed) .area:focus-visible { outline: 3px solid #fff; outline-offset: 2px; box-shadow: 0 0 0 7px var(--primary-color); }
  .pointed .area { outline: none; }
  /* More of a handle is outside, so that a small area can be taken hold of between them. */
  .handle {
    position: absolute; inline-size: 44px; block-size: 44px; margin: -22px; touch-action: none; display: none;
    translate: calc(var(--x) * 12px) calc(var(--y) * 12px);
  }
  .selected .handle { display: block; }
  .handle::after {
    content: ""; position: absolute; inset: 14px; border-radius: 50%; translate: calc(var(--x) * -12px) calc(var(--y) * -12px);
    background: var(--primary-color); border: 2px solid #fff; box-shadow: 0 1px 3px rgb(0 0 0 / 50%);
  }
  .handle.nwse { cursor: nwse-resize; }
  .handle.nesw { cursor: nesw-resize; }
`);

export class Surface {
  #areas;
  #t;
  #onFull;
  #onKey;
  #boxes = new Map(); // area id -> element
  #grip = null; // what the pointer holds

  constructor(areas, t, { onFull, hint }) {
    this.#areas = areas;
    this.#t = t;
    this.#onFull = onFull;
    this.hint = hint;
    this.picture = h("img", { alt: "", draggable: "false", hidden: true });
    this.fixed = h("div", { "aria-hidden": "true" });
    this.element = h(
      "div",
      {
        class: "surface",
        role: "group",
        onpointerdown: (event) => this.#down(event),
        onpointermove: (event) => this.#move(event),
        onpointerup: (event) => this.#up(event),
        onpointercancel: (event) => this.#cancel(event),
        onkeydown: (event) => this.#key(event),
        onfocusout: () => this.element.classList.remove("pointed"),
      },
      this.picture,
      this.fixed,
    );
  }

  show({ picture, width = 16, height = 9, fixed }, label) {
    this.element.setAttribute("aria-label", label);
    this.element.style.aspectRatio = `${width} / ${height}`;
    this.element.style.maxInlineSize = `calc(70vh * ${width / height})`;
    this.picture.hidden = !picture;
    if (picture) this.picture.src = picture;
    fill(
      this.fixed,
      fixed.map((corners) => {
        const shape = corners.map(([x, y]) => `${x}% ${y}%`).join(", ");
        return h("div", { class: "fixed", style: `clip-path: polygon(${shape})` });
      }),
    );
  }

  // Show the areas as they are now; what is held or has the focus stays in place.
  sync() {
    const { list, selected } = this.#areas;
    for (const [id, box] of this.#boxes) {
      if (list.some((area) => area.id === id)) continue;
      box.remove();
      this.#boxes.delete(id);
    }
    for (const area of list) {
      const box = this.#boxes.get(area.id) ?? this.#box(area.id);
      box.style.left = `${area.left}%`;
      box.style.top = `${area.top}%`;
      box.style.width = `${area.right - area.left}%`;
      box.style.height = `${area.bottom - area.top}%`;
      box.classList.toggle("selected", area.id === selected?.id);
      box.setAttribute("aria-pressed", String(area.id === selected?.id));
      const { name, left, top, right, bottom } = area;
      box.setAttribute("aria-label", this.#t("mask_area_label", { name, left, top, right, bottom }));
      box.firstChild.textContent = area.name;
    }
  }

  focus(area) {
    this.#boxes.get(area?.id)?.focus();
  }

  #box(id) {
    const box = h(
      "div",
      {
        class: "area",
        role: "button",
        tabindex: "0",
        "aria-describedby": this.hint,
        onfocus: () => this.#areas.select(this.#area(id)),
      },
      h("span", {}),
      CORNERS.map(([x, y]) => {
        const turned = (x === "left") === (y === "top") ? "nwse" : "nesw";
        return h("div", { class: `handle ${turned}`, "data-x": x, "data-y": y, style: `${x}: 0; ${y}: 0; --x: ${x === "left" ? -1 : 1}; --y: ${y === "top" ? -1 : 1}` });
      }),
    );
    this.#boxes.set(id, box);
    this.element.append(box);
    return box;
  }

  #area(id) {
    return this.#areas.list.find((area) => area.id === id);
  }

  #held(target) {
    const box = target.closest?.(".area");
    if (!box) return null;
    const [id] = [...this.#boxes].find(([, element]) => element === box);
    return this.#area(id);
  }

  // Where a pointer is, in percent of the picture.
  #at({ clientX, clientY }) {
    const { left, top, width, height } = this.element.getBoundingClientRect();
    const share = (value) => rounded(Math.min(100, Math.max(0, value * 100)));
    return { x: share((clientX - left) / width), y: share((clientY - top) / height) };
  }

  #down(event) {
    if (this.#grip || !event.isPrimary || event.button !== 0) return;
    event.preventDefault();
    const at = this.#at(event);
    const area = this.#held(event.target);
    const handle = event.target.closest?.(".handle");
    if (!area && this.#areas.full) {
      this.#onFull();
      return;
    }
    this.element.setPointerCapture(event.pointerId);
    this.#areas.remember();
    this.#grip = { pointer: event.pointerId, at, area, corner: handle?.dataset, start: area && { ...area }, moved: false };
    this.#areas.select(area);
    this.#point(area);
  }

  #move(event) {
    const grip = this.#grip;
    if (grip?.pointer !== event.pointerId) return;
    const at = this.#at(event);
    if (!grip.area) {
      const far = Math.abs(at.x - grip.at.x) >= DRAWN && Math.abs(at.y - grip.at.y) >= DRAWN;
      if (!far) return;
      grip.area = this.#areas.add(this.#newName(), this.#between(grip.at, at));
      grip.drawn = true;
    }
    grip.moved = true;
    if (grip.drawn) {
      this.#areas.resize(grip.area, this.#between(grip.at, at));
    } else if (grip.corner) {
      const { x, y } = grip.corner;
      this.#areas.resize(grip.area, { [x]: grip.start[x] + at.x - grip.at.x, [y]: grip.start[y] + at.y - grip.at.y });
    } else {
      this.#areas.move(grip.area, grip.start.left + at.x - grip.at.x, grip.start.top + at.y - grip.at.y);
    }
  }

  #up(event) {
    if (this.#grip?.pointer !== event.pointerId) return;
    const { area, moved } = this.#grip;
    this.#grip = null;
    if (!moved) this.#areas.forget();
    else this.#point(area);
  }

  // The frame of the focus is for those who use keys.
  #point(area) {
    this.focus(area);
    this.element.classList.add("pointed");
  }

  #cancel(event) {
    if (this.#grip?.pointer !== event.pointerId) return;
    this.#grip = null;
    this.#areas.forget();
  }

  #between(one, other) {
    return {
      left: Math.min(one.x, other.x),
      top: Math.min(one.y, other.y),
      right: Math.max(one.x, other.x),
      bottom: Math.max(one.y, other.y),
    };
  }

  #newName() {
    const names = new Set(this.#areas.list.map(({ name }) => name));
    let number = this.#areas.list.length + 1;
    while (names.has(this.#t("mask_area", { number }))) number++;
    return this.#t("mask_area", { number });
  }

  #key(event) {
    this.element.classList.remove("pointed");
    const area = this.#held(event.target);
    if (!area || this.#grip || event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    if (arrow) {
      this.#areas.remember();
      const [x, y] = arrow;
      if (event.shiftKey) this.#areas.resize(area, { right: area.right + x, bottom: area.bottom + y });
      else this.#areas.move(area, area.left + x, area.top + y);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      const { list } = this.#areas;
      const next = list[list.indexOf(area) + 1] ?? list[list.indexOf(area) - 1];
      this.#areas.remove(area);
      this.focus(next);
    } else if (event.key === "Escape") {
      event.target.blur();
      this.#areas.select(null);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}
