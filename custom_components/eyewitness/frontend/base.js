// What the cards share. Nothing here, and nothing in a card, makes markup out of text.
//
//   h(tag, props, ...children)      an element; strings become text nodes, null and false are left out.
//                                   props: class, attributes ("aria-label", hidden: true),
//                                   onclick: function, ".hass": a property of the element
//   icon("mdi:cctv")                one of Home Assistant's icons, hidden from screen readers
//   sheet(css)                      a style sheet for `static styles = [sheet(`…`)]`
//   define("eyewitness-x", Class)   registers an element once
//   offer({type, title: "key of the name", about: "key of the description", …})
//                                   puts a card into the card picker, in the user's language
//   class X extends Card            a custom element with a shadow root:
//     static styles                 list of sheets, on top of the common ones
//     configure(config)             throws what is wrong with a configuration
//     begin()                       connected, with hass, texts and configuration: subscribe here
//     draw()                        the same, whenever `this.redraw()` was called or hass changed in
//                                   a way that shows (language, locale, theme does not)
//     end()                         taken off the page
//     this.hass, this.config, this.t(key, placeholders), this.root
//     this.follow(message, onMessage, {onReady, onError})
//                                   a subscription that outlives restarts; ends with the card.
//                                   onReady() after each (new) subscription: load the list anew there.
//                                   onError(code): "not_loaded" while Home Assistant or Eyewitness
//                                   starts (tried again), else what the command says (not tried again)
//     this.ask(message)             one command and its answer
//     await this.errorText(error)   what went wrong, in the user's language; errorText(card, error)
//                                   does not wait, but is English where the server speaks English
//     this.outcome(word), this.provider(kind), this.seconds(ms)   as the rest of the UI says them
//     this.until(stop)              call stop() when the card leaves the page
//   await spoken()                  t(key, placeholders) where there is no card, as in a form
//   formatTime, formatDate, relativeTime, formatNumber, formatMoney (hass, value)

const DOMAIN = "eyewitness";
const TRY_AGAIN_MS = [1000, 2000, 4000, 8000, 15000, 30000];
const STARTING = new Set(["not_loaded", "unknown_command", "timeout", 3 /* connection lost */]);

// ---------------------------------------------------------------- elements

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

export function sheet(css) {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
}

export function define(name, constructor) {
  if (!customElements.get(name)) customElements.define(name, constructor);
}

// ---------------------------------------------------------------- texts

const texts = new Map(); // language and category -> promise of the texts
let current = null; // those of the user's language

// Asked for by ourselves: Home Assistant's own loader says "loaded" to a second card while the
// first one still waits. A failure is not kept.
function loadTexts(connection, language, category = "common") {
  const key = `${language} ${category}`;
  if (!texts.has(key)) {
    const asked = connection
      .sendMessagePromise({ type: "frontend/get_translations", language, category, integration: [DOMAIN] })
      .then(({ resources }) => {
        if (!Object.keys(resources).length) throw new Error("Eyewitness is not loaded yet");
        return resources;
      });
    asked.catch(() => texts.delete(key));
    texts.set(key, asked);
  }
  return texts.get(key);
}

function filled(text, placeholders = {}) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => placeholders?.[name] ?? whole);
}

function translate(resources, key, placeholders) {
  return filled(resources?.[`component.${DOMAIN}.common.${key}`] ?? "", placeholders);
}

export async function spoken() {
  await learnTexts();
  return (key, placeholders) => translate(current, key, placeholders);
}

// The picker reads the names when it opens, so they may come later.
export function offer({ type, title, about, name, description, ...rest }) {
  const cards = (window.customCards ??= []);
  if (cards.some((card) => card.type === type)) return;
  cards.push({
    type,
    preview: true,
    documentationURL: "https://github.com/eyewitness-ha/eyewitness",
    ...rest,
    get name() {
      return translate(current, title) || name;
    },
    get description() {
      return translate(current, about) || description;
    },
  });
  learnTexts();
}

async function learnTexts() {
  if (current) return;
  const { conn } = (await window.hassConnection) ?? {};
  const { hass } = document.querySelector("home-assistant") ?? {};
  if (!conn) return;
  current = await loadTexts(conn, hass?.language ?? (document.documentElement.lang || "en")).catch(() => null);
}

export function errorText(card, error) {
  return error?.message || card.t("card_error_unknown");
}

// ---------------------------------------------------------------- the base of all cards

const COMMON = sheet(`
  :host { display: block; block-size: 100%; }
  :host([hidden]), [hidden] { display: none !important; }
  * { box-sizing: border-box; }
  ha-card { display: flex; flex-direction: column; block-size: 100%; overflow: hidden; }
  button { font: inherit; color: inherit; }
  :focus-visible { outline: 2px solid var(--primary-color); outline-offset: 2px; }
  .unseen {
    position: absolute; inline-size: 1px; block-size: 1px; margin: -1px; padding: 0;
    overflow: hidden; clip-path: inset(50%); white-space: nowrap; border: 0;
  }
`);

export class Card extends HTMLElement {
  static styles = [];

  #hass;
  #texts;
  #states;
  #language;
  #begun = false;
  #due = false;
  #ends = new Set();

  constructor() {
    super();
    this.root = this.attachShadow({ mode: "open" });
    this.root.adoptedStyleSheets = [COMMON, ...this.constructor.styles];
  }

  setConfig(config) {
    if (!config || typeof config !== "object") throw new Error("No configuration");
    this.configure?.(config);
    this.config = config;
    if (this.#begun) this.#restart();
    else this.#start();
  }

  set hass(hass) {
    const before = this.#hass;
    this.#hass = hass;
    if (hass && hass.language !== this.#language) this.#speak(hass.language);
    if (before && before.locale !== hass.locale) this.redraw();
    if (before && before.connection !== hass.connection) this.#restart();
    this.hassChanged?.(before);
    this.#start();
  }

  get hass() {
    return this.#hass;
  }

  get ready() {
    return this.#begun;
  }

  t(key, placeholders) {
    return translate(this.#texts, key, placeholders);
  }

  outcome(word) {
    return this.#state("status", word);
  }

  provider(kind) {
    return this.#state("answering_provider", kind);
  }

  #state(sensor, word) {
    return this.#states?.[`component.${DOMAIN}.entity.sensor.${sensor}.state.${word}`] ?? word;
  }

  seconds(ms) {
    const options = { style: "unit", unit: "second", unitDisplay: "short", maximumFractionDigits: 1 };
    return formatNumber(this.#hass, Math.max(ms, 100) / 1000, options);
  }

  // What a command says is English unless it names a text.
  async errorText(error) {
    const { translation_key: key, translation_domain: domain, translation_placeholders: values } = error ?? {};
    if (key && domain === DOMAIN) {
      try {
        const loaded = await loadTexts(this.#hass.connection, this.#hass.language, "exceptions");
        const text = loaded[`component.${DOMAIN}.exceptions.${key}.message`];
        if (text) return filled(text, values);
      } catch {
        // the English words are better than none
      }
    }
    return errorText(this, error);
  }

  connectedCallback() {
    this.#start();
  }

  disconnectedCallback() {
    // Moved within the page: Home Assistant does that when a dashboard is edited.
    queueMicrotask(() => {
      if (!this.isConnected) this.#stop();
    });
  }

  redraw() {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      if (this.#begun && this.isConnected) this.draw();
    });
  }

  async #speak(language) {
    this.#language = language;
    for (let tried = 0; this.#language === language; tried++) {
      try {
        const { connection } = this.#hass;
        const [loaded, states] = await Promise.all([loadTexts(connection, language), loadTexts(connection, language, "entity")]);
        if (this.#language !== language) return;
        current = this.#texts = loaded;
        this.#states = states;
        this.redraw();
        this.#start();
        return;
      } catch {
        await pause(tried);
        if (!this.isConnected) {
          this.#language = undefined; // asked for again when it is shown again
          return;
        }
      }
    }
  }

  #start() {
    if (this.#begun || !this.isConnected || !this.#hass || !this.config) return;
    if (this.#hass.language !== this.#language) this.#speak(this.#hass.language);
    if (!this.#texts) return;
    this.#begun = true;
    this.begin?.();
    this.redraw();
  }

  #stop() {
    if (!this.#begun) return;
    this.#begun = false;
    for (const end of this.#ends) end();
    this.#ends.clear();
    this.end?.();
  }

  #restart() {
    this.#stop();
    this.#start();
  }

  ask(message) {
    return this.#hass.connection.sendMessagePromise(message);
  }

  // Call `stop` when the card leaves the page.
  until(stop) {
    this.#ends.add(stop);
  }

  // Not the connection's own renewal: it gives up when Home Assistant is up before Eyewitness is.
  follow(message, onMessage, { onReady, onError } = {}) {
    const { connection } = this.#hass;
    let round = 0;
    let over = false;
    let unsubscribe = null;
    const subscribe = async () => {
      const mine = ++round;
      for (let tried = 0; !over && mine === round; tried++) {
        try {
          const undo = await connection.subscribeMessage(
            (event) => mine === round && !over && onMessage(event),
            message,
            { resubscribe: false },
          );
          if (over || mine !== round) {
            undo().catch(() => {});
            return;
          }
          unsubscribe = undo;
          onReady?.();
          return;
        } catch (error) {
          if (over || mine !== round) return;
          const code = error?.code ?? error;
          const starting = STARTING.has(code);
          onError?.(starting ? "not_loaded" : String(code), error);
          if (!starting) return;
          await pause(tried);
        }
      }
    };
    connection.addEventListener("ready", subscribe);
    const stop = () => {
      over = true;
      connection.removeEventListener("ready", subscribe);
      unsubscribe?.().catch(() => {});
      this.#ends.delete(stop);
    };
    this.#ends.add(stop);
    subscribe();
    return stop;
  }
}

export function pause(tried) {
  const span = TRY_AGAIN_MS[Math.min(tried, TRY_AGAIN_MS.length - 1)];
  return new Promise((resolve) => setTimeout(resolve, span));
}

// ---------------------------------------------------------------- numbers and times

const made = new Map();

function formatter(kind, languages, options) {
  const key = JSON.stringify([kind.name, languages, options]);
  if (!made.has(key)) {
    try {
      made.set(key, new kind(languages, options));
    } catch {
      made.set(key, new kind("en", options)); // a language that the browser does not know
    }
  }
  return made.get(key);
}

const GROUPING = {
  comma_decimal: ["en-US", "en"],
  decimal_comma: ["de", "es", "it"],
  space_comma: ["fr", "sv", "cs"],
  quote_decimal: ["de-CH"],
};

export function formatNumber({ locale }, value, options = {}) {
  const { number_format: format, language } = locale;
  if (format === "none") return formatter(Intl.NumberFormat, "en-US", { ...options, useGrouping: false }).format(value);
  const languages = GROUPING[format] ?? (format === "system" ? undefined : language);
  return formatter(Intl.NumberFormat, languages, options).format(value);
}

// US dollars. What is less than ten cents would be nothing in two places.
export function formatMoney(hass, value, currency = "USD") {
  const digits = value !== 0 && Math.abs(value) < 0.1 ? 4 : 2;
  return formatNumber(hass, value, {
    style: "currency",
    currency,
    minimumFractionDigits: 2,
    maximumFractionDigits: digits,
  });
}

function zoned({ locale, config }, options) {
  const twelve = { 12: true, 24: false }[locale.time_format];
  const languages = locale.time_format === "system" ? undefined : locale.language;
  if (locale.time_zone === "server") options.timeZone = config.time_zone;
  if (options.timeStyle || options.hour) {
    if (twelve === true) options.hourCycle = "h12";
    if (twelve === false) options.hourCycle = "h23";
  }
  return [languages, options];
}

export function formatTime(hass, date) {
  const [languages, options] = zoned(hass, { hour: "numeric", minute: "2-digit" });
  return formatter(Intl.DateTimeFormat, languages, options).format(date);
}

export function formatDateTime(hass, date) {
  const [languages, options] = zoned(hass, { dateStyle: "medium", timeStyle: "medium" });
  return formatter(Intl.DateTimeFormat, languages, options).format(date);
}

const UNITS = [
  ["year", 31557600],
  ["month", 2629800],
  ["week", 604800],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];

export function relativeTime({ locale }, date, now = Date.now()) {
  const seconds = Math.min(0, (date - now) / 1000);
  const words = formatter(Intl.RelativeTimeFormat, locale.language, { numeric: "auto" });
  for (const [unit, length] of UNITS) {
    if (-seconds >= length) return words.format(Math.trunc(seconds / length), unit);
  }
  return words.format(0, "second"); // "now"
}
