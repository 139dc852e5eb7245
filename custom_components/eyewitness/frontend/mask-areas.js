// The black areas as they are drawn: what is changed, chosen and taken back.

export const MOST = 50; // as in pictures/areas.py
const LEAST = 0.5; // percent; what is smaller could not be taken hold of
export const SIDES = ["left", "top", "right", "bottom"];

export const rounded = (percent) => Math.round(percent * 10) / 10;
const within = (percent, low, high) => Math.min(high, Math.max(low, percent));

export class Areas extends EventTarget {
  list = [];
  selected = null;
  #saved = "[]";
  #before = [];
  #ids = 0;

  // Begin with what is stored, or with what was drawn and not saved yet.
  load(stored, drawn = null) {
    this.#saved = JSON.stringify(this.#plain(stored));
    this.#before = [];
    this.list = (drawn ?? stored).map((area) => ({ ...area, id: ++this.#ids }));
    this.selected = null;
    this.#tell();
  }

  get plain() {
    return this.#plain(this.list);
  }

  get changed() {
    return JSON.stringify(this.plain) !== this.#saved;
  }

  get undoable() {
    return this.#before.length > 0;
  }

  get full() {
    return this.list.length >= MOST;
  }

  saved(plain) {
    this.#saved = JSON.stringify(plain);
    this.#tell();
  }

  select(area) {
    if (this.selected === area) return;
    this.selected = area;
    this.#tell();
  }

  // Call before the first of the changes that are taken back together.
  remember() {
    this.#before.push(JSON.stringify(this.list));
    if (this.#before.length > 100) this.#before.shift();
  }

  undo() {
    if (!this.undoable) return;
    this.list = JSON.parse(this.#before.pop());
    this.selected = this.list.find(({ id }) => id === this.selected?.id) ?? null;
    this.#tell();
  }

  // A change that came to nothing is none to take back.
  forget() {
    this.undo();
  }

  add(name, sides) {
    const area = { name, ...sides, id: ++this.#ids };
    this.list.push(area);
    this.selected = area;
    this.#tell();
    return area;
  }

  remove(area) {
    this.remember();
    this.list = this.list.filter((each) => each !== area);
    if (this.selected === area) this.selected = null;
    this.#tell();
  }

  rename(area, name) {
    this.remember();
    area.name = name;
    this.#tell();
  }

  move(area, left, top) {
    const width = area.right - area.left;
    const height = area.bottom - area.top;
    area.left = rounded(within(left, 0, 100 - width));
    area.top = rounded(within(top, 0, 100 - height));
    area.right = rounded(area.left + width);
    area.bottom = rounded(area.top + height);
    this.#tell();
  }

  // Set some sides; none goes beyond the picture or the side across from it.
  resize(area, sides) {
    const next = { ...area, ...sides };
    for (const [near, far] of [
      ["left", "right"],
      ["top", "bottom"],
    ]) {
      if (near in sides) next[near] = within(next[near], 0, Math.max(0, next[far] - LEAST));
      if (far in sides) next[far] = within(next[far], next[near] + LEAST, 100);
    }
    for (const side of Object.keys(sides)) area[side] = rounded(next[side]);
    this.#tell();
  }

  #plain(list) {
    return list.map((area) => ({ name: area.name, ...Object.fromEntries(SIDES.map((side) => [side, area[side]])) }));
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}
