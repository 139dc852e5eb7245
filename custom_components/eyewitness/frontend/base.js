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
//     begin()                       connected, with hass, texts and configuration: subscribe here.
//                                   Begun anew with another connection
//     reword()                      another language or other formats: begin anew, or something less
//     draw()                        the same, whenever `this.redraw()` was called
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
//   formatTime, formatDay, formatDateTime, relativeTime, daysUntil, formatNumber, formatMoney
//                                   (hass, value)

import { sheet } from "./elements.js";
import { formatNumber } from "./numbers.js";
import { SHARED_STYLE } from "./shared-style.js";
import { DOMAIN, filled, loadTexts, speak, translate } from "./texts.js";

export * from "./elements.js";
export * from "./numbers.js";
export { offer, spoken } from "./texts.js";

const TRY_AGAIN_MS = [1000, 2000, 4000, 8000, 15000, 30000];
const STARTING = new Set(["not_loaded", "unknown_command", "timeout", 3 /* connection lost */]);

// Say whether an error means that Home Assistant or Eyewitness is not there yet.
export function isStarting(error) {
  return STARTING.has(error?.code ?? error);
}

export function errorText(card, error) {
  return error?.message || card.t("card_error_unknown");
}

const CARD_STYLE = sheet(`
  :host { display: block; block-size: 100%; }
  :host([hidden]) { display: none !important; }
  ha-card { display: flex; flex-direction: column; block-size: 100%; overflow: hidden; }
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
    this.root.adoptedStyleSheets = [SHARED_STYLE, CARD_STYLE, ...this.constructor.styles];
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
    if (before && before.connection !== hass.connection) this.#restart();
    else if (this.#begun && !isSame(before.locale, hass.locale)) this.reword();
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

  // All that is shown is in another language, or has other formats.
  reword() {
    this.#restart();
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
        speak((this.#texts = loaded));
        this.#states = states;
        if (this.#begun) this.reword();
        else this.#start();
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
          onError?.(isStarting(error) ? "not_loaded" : String(error?.code ?? error), error);
          if (!isStarting(error)) return;
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

// Home Assistant makes a new object of the same locale, too.
function isSame(one, other) {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

export function pause(tried) {
  const span = TRY_AGAIN_MS[Math.min(tried, TRY_AGAIN_MS.length - 1)];
  return new Promise((resolve) => setTimeout(resolve, span));
}

