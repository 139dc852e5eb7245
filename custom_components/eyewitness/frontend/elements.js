// Elements without markup, and addresses that lead nowhere else.

export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith(".")) element[name.slice(1)] = value;
    else if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (name === "src" || name === "href") element.setAttribute(name, ownAddress(value));
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
}

// Home Assistant's own addresses, and pictures that came over its WebSocket; nothing else.
export function isOwnAddress(address) {
  return typeof address === "string" && /^(\/(?![/\\])[^\s\\]*|data:image\/jpeg;base64,[\w+/=]*)$/.test(address);
}

export function ownAddress(address) {
  if (!isOwnAddress(address)) throw new TypeError("not an address of Home Assistant");
  return address;
}

export function icon(name) {
  return h("ha-icon", { icon: name, "aria-hidden": "true" });
}

// What stands where something is to come.
export function skeleton() {
  return h("div", { class: "skeleton", "aria-hidden": "true" }, [0, 1, 2].map(() => h("span")));
}

export function sheet(css) {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
}

export function define(name, constructor) {
  if (!customElements.get(name)) customElements.define(name, constructor);
}
