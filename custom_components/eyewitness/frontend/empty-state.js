// What stands in place of the events when there is none, and what to do next.
import { fill, h, icon, skeleton } from "./base.js";

const DOMAIN = "eyewitness";
const ADD = `/config/integrations/dashboard/add?domain=${DOMAIN}`;
const CAMERAS = "/config/integrations/dashboard";
const OURS = `/config/integrations/integration/${DOMAIN}`;
const BLUEPRINTS = "/config/blueprint/dashboard";

export function emptyState(card, kind, { error, clear, again }) {
  if (kind === "loading") return skeleton();
  if (kind === "not_loaded") return starting(card);
  if (kind === "error") {
    return said(card, "mdi:alert-circle-outline", card.t("card_error"), error, button(card.t("card_try_again"), again));
  }
  if (kind === "filtered") {
    return said(card, "mdi:filter-off-outline", card.t("card_none_found"), null, button(card.t("card_clear_filters"), clear));
  }
  return nothingYet(card);
}

function said(card, name, title, text, ...rest) {
  return [icon(name), h("p", { class: "headline" }, title), text && h("p", {}, text), ...rest];
}

function button(text, onclick, props = {}) {
  return h("button", { class: "filled", type: "button", onclick, ...props }, text);
}

function link(text, to) {
  return h("a", { href: to }, text);
}

// It may be that nobody has set it up, or that it could not start: whoever may do something is told.
function starting(card) {
  const place = h("div", { class: "inner" });
  const isAdmin = card.hass.user?.is_admin;
  fill(place, said(card, "mdi:timer-sand", card.t("card_starting"), card.t("card_starting_text")));
  if (isAdmin) {
    card.ask({ type: "config_entries/get", domain: DOMAIN }).then(
      ([entry]) => {
        if (!entry) {
          fill(place, said(card, "mdi:cctv", card.t("card_not_set_up"), card.t("card_not_set_up_text"), link(card.t("card_set_up"), ADD)));
        } else if (entry.disabled_by) {
          fill(place, said(card, "mdi:power", card.t("card_disabled"), null, link(card.t("card_open_settings"), OURS)));
        } else if (/error|failed|retry/.test(entry.state)) {
          fill(place, said(card, "mdi:alert-circle-outline", card.t("card_not_started"), entry.reason, link(card.t("card_open_settings"), OURS)));
        }
      },
      () => {},
    );
  }
  return place;
}

export function camerasOf(card) {
  const known = new Map(card.cameras.filter((one) => one.can_describe).map((one) => [one.entity_id, one.name]));
  for (const [id, state] of Object.entries(card.hass.states)) {
    if (id.startsWith("camera.") && !known.has(id)) known.set(id, state.attributes.friendly_name ?? id);
  }
  const wanted = card.config.cameras ?? [];
  const all = [...known].filter(([id]) => !wanted.length || wanted.includes(id));
  return all.sort(([, one], [, other]) => one.localeCompare(other, card.hass.language));
}

function nothingYet(card) {
  const cameras = camerasOf(card);
  const isAdmin = card.hass.user?.is_admin;
  if (!cameras.length) {
    return said(
      card,
      "mdi:cctv-off",
      card.t("card_no_camera"),
      isAdmin ? card.t("card_no_camera_text") : card.t("card_no_camera_rights"),
      isAdmin && link(card.t("card_add_camera"), CAMERAS),
    );
  }
  const select = h(
    "select",
    { "aria-label": card.t("card_camera"), hidden: cameras.length < 2 },
    cameras.map(([id, name]) => h("option", { value: id }, name)),
  );
  const outcome = h("p", { class: "outcome", role: "status" });
  const start = button(card.t("card_describe"), async () => {
    start.disabled = select.disabled = true;
    start.textContent = card.t("card_looking");
    fill(outcome, h("span", { class: "spinner", "aria-hidden": "true" }), card.t("card_looking_text"));
    try {
      await card.ask({
        type: "call_service",
        domain: DOMAIN,
        service: "describe_camera_event",
        service_data: { entity_id: select.value },
        return_response: true,
      });
      fill(outcome, card.t("card_described"));
    } catch (error) {
      fill(outcome, icon("mdi:alert-circle-outline"), await card.errorText(error));
    }
    start.disabled = select.disabled = false;
    start.textContent = card.t("card_describe");
  });
  return [
    ...said(card, "mdi:cctv", card.t("card_empty"), card.t("card_empty_text")),
    h("div", { class: "now" }, select, start),
    outcome,
    isAdmin && h("p", { class: "hint" }, link(card.t("card_automate"), BLUEPRINTS)),
  ];
}
