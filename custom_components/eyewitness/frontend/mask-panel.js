// The page on which black areas are drawn: the mask editor below a bar that leads back.
import { Card, define, fill, h, icon, sheet } from "./base.js";
import "./mask-editor.js";

const PAGE = "/config/integrations/integration/eyewitness";

const PANEL_STYLE = sheet(`
  :host { display: block; min-block-size: 100%; background: var(--primary-background-color); color: var(--primary-text-color); }
  eyewitness-mask-card { display: block; max-inline-size: 900px; margin: 0 auto; padding: 16px; }
  @media (max-width: 600px) { eyewitness-mask-card { padding: 8px; } }
  .bar { display: flex; align-items: center; gap: 8px; min-block-size: var(--header-height, 56px); padding: 0 8px;
    background: var(--app-header-background-color, var(--primary-color)); color: var(--app-header-text-color, #fff); }
  h1 { margin: 0; font-size: var(--ha-font-size-xl, 20px); font-weight: var(--ha-font-weight-normal, 400); }
  .back { display: inline-flex; align-items: center; justify-content: center; inline-size: 44px; block-size: 44px; color: inherit; }
  .back:dir(rtl) { transform: scaleX(-1); }
`);

// Home Assistant gives a panel `hass`, `narrow`, `route` and `panel`.
class MaskPanel extends Card {
  static styles = [PANEL_STYLE];

  #card = null;

  constructor() {
    super();
    this.setConfig({});
  }

  hassChanged() {
    if (this.#card) this.#card.hass = this.hass;
  }

  begin() {
    const camera = new URLSearchParams(location.search).get("camera");
    this.#card = document.createElement("eyewitness-mask-card");
    this.#card.setConfig({ page: true, ...(/^(camera|image)\.\w+$/.test(camera ?? "") && { camera }) });
    this.#card.hass = this.hass;
    const back = this.t("mask_page");
    fill(
      this.root,
      h(
        "div",
        { class: "bar" },
        h("a", { class: "back", href: PAGE, "aria-label": back, title: back }, icon("mdi:arrow-left")),
        h("h1", {}, this.t("mask_title")),
      ),
      this.#card,
    );
  }

  draw() {}
}

define("eyewitness-mask-panel", MaskPanel);
