// One event in the list.
import { fill, formatDateTime, h, icon, isOwnAddress, relativeTime } from "./base.js";
import { isFailed } from "./events-store.js";

export const OBJECT_ICONS = {
  person: "mdi:walk",
  vehicle: "mdi:car",
  animal: "mdi:paw",
  package: "mdi:package-variant-closed",
  other: "mdi:shape-outline",
  failed: "mdi:eye-off-outline",
};

export function titleOf(card, event) {
  return isFailed(event) ? card.t("card_not_described") : event.title || card.t("card_untitled");
}

export function textOf(card, event) {
  if (!isFailed(event)) return event.description ?? "";
  return event.reason || card.t("card_no_reason");
}

export function timeOf(card, event) {
  const date = new Date(event.timestamp);
  return h("time", { datetime: event.timestamp, title: formatDateTime(card.hass, date) }, relativeTime(card.hass, date));
}

export function tick(card, root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const text = relativeTime(card.hass, new Date(time.getAttribute("datetime")));
    if (time.textContent !== text) time.textContent = text;
  }
}

// A signature lasts for a while only, and Home Assistant's restart ends it: ask for a new one, once.
export function picture(card, event, { which = "thumbnail", ...props } = {}) {
  const none = () => h("div", { class: "no-picture" }, icon("mdi:image-off-outline"));
  if (!isOwnAddress(event[which])) return none();
  const image = h("img", { src: event[which], decoding: "async", draggable: "false", ...props });
  let renewed = false;
  image.addEventListener("error", async () => {
    if (!renewed) {
      renewed = true;
      try {
        const anew = await card.ask({ type: "eyewitness/events/get", event_id: event.event_id });
        if (isOwnAddress(anew[which])) {
          image.setAttribute("src", anew[which]);
          return;
        }
      } catch {
        // it is gone
      }
    }
    image.replaceWith(none());
  });
  return image;
}

const pathOf = (address) => address?.split("?")[0];

// A row is made once and changed in place, so that pictures are not fetched again.
export class Row {
  constructor(card, event, open) {
    this.card = card;
    this.button = h("button", { class: "open", type: "button", tabindex: "-1", onclick: () => open(this.event) });
    this.thumbnail = h("div", { class: "thumbnail" });
    this.text = h("p", { class: "description", dir: "auto" });
    this.meta = h("p", { class: "meta" });
    this.element = h(
      "li",
      { class: "event" },
      this.thumbnail,
      h("div", { class: "body" }, h("h3", { class: "title" }, this.button), this.text, this.meta),
    );
    this.show(event);
  }

  show(event) {
    const { card } = this;
    const before = this.event;
    this.event = event;
    this.element.dataset.id = event.event_id;
    this.element.classList.toggle("failed", isFailed(event));
    this.element.classList.toggle("important", event.importance === "high");
    if (!before || pathOf(before.thumbnail) !== pathOf(event.thumbnail)) {
      // The title beside it says what it shows, so it has no text of its own.
      fill(this.thumbnail, picture(card, event, { alt: "", loading: "lazy" }));
    }
    fill(
      this.button,
      isFailed(event) && h("span", { class: "mark" }, icon(OBJECT_ICONS.failed)),
      event.importance === "high" && [
        h("span", { class: "mark" }, icon("mdi:alert-circle")),
        h("span", { class: "unseen" }, `${card.t("card_important")}: `),
      ],
      h("span", { class: "words", dir: "auto" }, titleOf(card, event)),
    );
    this.text.textContent = textOf(card, event);
    fill(
      this.meta,
      !card.isOneCamera && h("span", { class: "camera" }, h("bdi", {}, event.camera_name)),
      timeOf(card, event),
      event.provider && h("span", { class: "provider" }, h("bdi", {}, event.provider_name || event.provider)),
    );
  }
}
