// The list of events: its rows, the way through them with keys, and the place of whoever reads.
import { h, icon } from "./base.js";
import { Row } from "./event-view.js";

const AT_THE_TOP = 8; // pixels

export class EventsList {
  #card;
  #actions;
  #rows = new Map(); // event id -> Row
  #events;
  #more;
  #newest;
  #isUnseen = false; // something has come above what is shown
  #watch;

  // `open(event)`; `older()` when the end is near; `renew()` when the newest are no longer in it.
  constructor(card, actions) {
    this.#card = card;
    this.#actions = actions;
    this.#events = h("ul", { class: "events", role: "list", onkeydown: (event) => this.#move(event) });
    this.#events.addEventListener("focusin", (event) => this.#rove(event.target));
    this.#more = h(
      "div",
      { class: "more" },
      h("button", { class: "plain", type: "button", onclick: actions.older }, card.t("card_show_older")),
    );
    this.#newest = h(
      "button",
      { class: "newest", type: "button", hidden: true, onclick: () => this.#toNewest() },
      icon("mdi:arrow-up"),
      h("span", {}, card.t("card_to_newest")),
    );
    this.element = h("div", { class: "scroller" }, this.#newest, this.#events, this.#more);
    this.element.addEventListener("scroll", () => this.#isAtTop && this.#see(), { passive: true });
    this.#watch = new IntersectionObserver((entries) => entries.at(-1).isIntersecting && actions.older(), {
      root: this.element,
      rootMargin: "400px",
    });
  }

  end() {
    this.#watch.disconnect();
  }

  show({ events, next, isBehind }) {
    const isFirst = !this.#rows.size;
    const wanted = new Set(events.map((event) => event.event_id));
    const keepPlace = this.#place(wanted);
    const hadFocus = this.#forget(wanted);
    let place = this.#events.firstElementChild;
    events.forEach((event, index) => {
      let row = this.#rows.get(event.event_id);
      if (!row) {
        row = new Row(this.#card, event, this.#actions.open);
        this.#rows.set(event.event_id, row);
        if (!isFirst && index === 0) {
          row.element.classList.add("arrived");
          if (keepPlace) this.#isUnseen = true;
        }
      } else if (row.event !== event) row.show(event);
      if (row.element === place) place = place.nextElementSibling;
      else this.#events.insertBefore(row.element, place);
    });
    keepPlace?.();
    const [first] = this.#buttons;
    if (first && !this.#events.querySelector('button.open[tabindex="0"]')) first.tabIndex = 0;
    if (hadFocus) first?.focus();
    this.#events.setAttribute("aria-label", this.#card.config.title || this.#card.t("card_title"));
    this.#more.hidden = !next || !events.length;
    this.#newest.hidden = !isBehind && !this.#isUnseen;
    // The end of the list may still be in sight, of which there is no further word.
    this.#watch.unobserve(this.#more);
    this.#watch.observe(this.#more);
  }

  focus(id) {
    (this.#rows.get(id)?.button ?? this.#buttons[0])?.focus();
  }

  toTop() {
    this.element.scrollTop = 0;
  }

  get #buttons() {
    return [...this.#events.querySelectorAll("button.open")];
  }

  get #isAtTop() {
    return this.element.scrollTop < AT_THE_TOP;
  }

  // Take away the rows that are not wanted; return whether one of them had the focus.
  #forget(wanted) {
    let hadFocus = false;
    for (const [id, row] of this.#rows) {
      if (wanted.has(id)) continue;
      hadFocus ||= row.element.contains(this.#card.root.activeElement);
      row.element.remove();
      this.#rows.delete(id);
    }
    return hadFocus;
  }

  // Whoever has scrolled down goes on reading there, whatever comes and goes above.
  #place(wanted) {
    if (this.#isAtTop) return null;
    const top = (element) => element.getBoundingClientRect().top;
    const edge = top(this.element);
    const anchor = [...this.#events.children].find(
      (row) => wanted.has(row.dataset.id) && row.getBoundingClientRect().bottom > edge,
    );
    if (!anchor) return null;
    const before = top(anchor);
    return () => {
      this.element.scrollTop += top(anchor) - before;
    };
  }

  #see() {
    if (!this.#isUnseen) return;
    this.#isUnseen = false;
    this.#card.redraw();
  }

  #toNewest() {
    this.#see();
    this.#actions.renew();
    this.toTop();
    this.#buttons[0]?.focus();
  }

  // One stop for the Tab key, wherever the arrow keys have led.
  #rove(target) {
    if (!target.matches("button.open")) return;
    for (const button of this.#events.querySelectorAll('button.open[tabindex="0"]')) button.tabIndex = -1;
    target.tabIndex = 0;
  }

  #move(event) {
    const buttons = this.#buttons;
    const at = buttons.indexOf(this.#card.root.activeElement);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    buttons[to]?.focus();
    buttons[to]?.closest("li").scrollIntoView({ block: "nearest" });
  }
}
