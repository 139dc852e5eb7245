// The newest events, as they come.
import { Card, define, fill, h, offer } from "./base.js";

class EventsCard extends Card {
  draw() {
    fill(this.root, h("ha-card", { ".header": this.t("card_title") }));
  }
}

define("eyewitness-card", EventsCard);
offer({
  type: "eyewitness-card",
  title: "card_title",
  about: "card_about",
  name: "Eyewitness",
  description: "What your cameras saw",
});
