// What descriptions cost, who was asked how often, and how much of each limit is left.
import { Card, daysUntil, define, fill, formatDay, formatMoney, formatNumber, formatTime, h, icon, offer, skeleton } from "./base.js";
import { PARTS, usageForm } from "./usage-editor.js";
import { USAGE_STYLE } from "./usage-style.js";

const PAGE = "/config/integrations/integration/eyewitness";
const SAVING = 0.8; // as in runtime/budget.py
const FINE = new Set(["ok", "refused"]);
const REPAIRS = "/config/repairs";
const HOUR_MS = 3_600_000;

class UsageCard extends Card {
  static styles = [USAGE_STYLE];

  static getConfigForm() {
    return usageForm();
  }

  static getStubConfig() {
    return { show: [...PARTS], bars: "requests" };
  }

  #usage = null;
  #trouble = null;
  #main;
  #timer;

  configure({ title, show, providers, bars }) {
    if (title !== undefined && typeof title !== "string") throw new Error("title: a text");
    if (show !== undefined && !(Array.isArray(show) && show.every((part) => PARTS.includes(part)))) {
      throw new Error(`show: a list of ${PARTS.join(", ")}`);
    }
    if (providers !== undefined && !Array.isArray(providers)) throw new Error("providers: a list of ids");
    if (bars !== undefined && !["requests", "cost"].includes(bars)) throw new Error("bars: requests or cost");
  }

  getCardSize() {
    return 3 + (this.#usage?.providers.length ?? 4);
  }

  getGridOptions() {
    return { columns: 12, min_columns: 6, rows: "auto", min_rows: 3 };
  }

  begin() {
    this.#build();
    this.follow(
      { type: "eyewitness/usage/subscribe" },
      (usage) => {
        this.#usage = usage;
        this.#trouble = null;
        this.redraw();
      },
      {
        onError: async (code, error) => {
          this.#trouble = { code, text: await this.errorText(error) };
          this.redraw();
        },
      },
    );
  }

  end() {
    clearTimeout(this.#timer);
  }

  // Its contents come anew with each message; where it was scrolled to stays.
  #build() {
    const title = this.config.title ?? this.t("usage_card_title");
    this.#main = h("div", { class: "content", role: "group", "aria-label": title || this.t("usage_card_title") });
    fill(this.root, h("ha-card", {}, title && h("header", {}, h("h2", { dir: "auto" }, title)), this.#main));
  }

  draw() {
    fill(this.#main, this.#content());
    // What scrolls can be scrolled with keys.
    if (this.#main.scrollHeight > this.#main.clientHeight) this.#main.tabIndex = 0;
    else this.#main.removeAttribute("tabindex");
    this.#wake();
  }

  #content() {
    if (this.#trouble?.code === "unauthorized") return h("p", {}, this.t("usage_card_unauthorized"));
    if (this.#trouble && this.#trouble.code !== "not_loaded") {
      return h("p", { role: "alert" }, this.#trouble.text);
    }
    if (this.#trouble) return h("p", { role: "status" }, this.t("usage_card_starting"));
    if (!this.#usage) return skeleton();
    const show = this.config.show?.length ? this.config.show : PARTS;
    const usage = this.#usage;
    const wanted = this.config.providers;
    const providers = usage.providers.filter(({ id }) => !wanted?.length || wanted.includes(id));
    if (!usage.providers.length) return this.#nobody();
    const budgets = usage.budgets.filter(({ scope }) => scope === "all" || providers.some(({ id }) => id === scope));
    return [
      !usage.complete && h("p", { role: "status" }, this.t("usage_card_incomplete")),
      show.includes("sums") && this.#sums(usage),
      usage.complete && !usage.month.requests && h("p", {}, this.t("usage_card_nothing")),
      show.includes("providers") && providers.length > 0 && this.#providers(providers),
      show.includes("budgets") && budgets.length > 0 && this.#budgets(budgets),
    ];
  }

  #nobody() {
    return [h("p", {}, this.t("usage_card_nobody")), this.hass.user?.is_admin && h("a", { href: PAGE }, this.t("usage_card_add"))];
  }

  #sums({ today, month }) {
    const sum = (key, spent) =>
      h(
        "div",
        { class: "sum" },
        h("h3", {}, this.t(key)),
        h("div", { class: "cost" }, this.#money(spent.cost)),
        this.#facts([
          ["usage_card_descriptions", this.#number(spent.descriptions)],
          ["usage_card_requests", this.#number(spent.requests)],
        ]),
      );
    return h("section", { class: "sums" }, sum("usage_card_today", today), sum("usage_card_month", month));
  }

  #providers(providers) {
    const by = this.config.bars ?? "requests";
    const all = this.#usage.month[by];
    return h(
      "section",
      {},
      h("h3", { id: "providers" }, this.t("usage_card_providers")),
      h(
        "ul",
        { "aria-labelledby": "providers", class: "wide" },
        providers.map((each) => {
          const share = all > 0 ? Math.min(1, each.month[by] / all) : 0;
          const words = this.#share(by, this.#percent(share));
          return h(
            "li",
            {},
            h(
              "div",
              { class: "line" },
              h("span", { class: "who" }, h("bdi", {}, each.name), each.model && h("small", {}, each.model)),
              this.#status(each),
            ),
            this.#bar(share, words, `${each.name}: ${words}`),
            this.#facts([
              ["usage_card_requests", this.#number(each.month.requests)],
              ["usage_card_cost", this.#money(each.month.cost)],
              ["usage_card_answered", each.success_rate === null ? null : this.#percent(each.success_rate / 100)],
            ]),
          );
        }),
      ),
    );
  }

  #status({ status, left_out: leftOut, until }) {
    if (leftOut) return this.#state("bad", "mdi:alert-circle", this.#help());
    const words = this.outcome(status);
    if (status === "unused") return this.#state("", null, words);
    if (until && Date.parse(until) > Date.now()) {
      return this.#state("some", "mdi:clock-alert-outline", this.#rest(words, new Date(until)));
    }
    return FINE.has(status) ? this.#state("good", "mdi:check-circle", words) : this.#state("bad", "mdi:alert-circle", words);
  }

  #rest(status, until) {
    const days = daysUntil(this.hass, until);
    if (days > 1) return this.t("usage_card_until_date", { status, date: formatDay(this.hass, until) });
    const time = formatTime(this.hass, until);
    return days ? this.t("usage_card_until_tomorrow", { status, time }) : this.t("usage_card_until", { status, time });
  }

  #help() {
    const words = this.t("usage_card_left_out");
    return this.hass.user?.is_admin ? h("a", { href: REPAIRS }, words) : words;
  }

  #share(by, share) {
    return by === "cost" ? this.t("usage_card_share_cost", { share }) : this.t("usage_card_share_requests", { share });
  }

  #spent(budget) {
    const [spent, limit] = [budget.spent, budget.limit].map((value) =>
      budget.unit === "usd" ? formatMoney(this.hass, value, this.#usage.currency) : this.#plain(value),
    );
    if (budget.unit === "usd") {
      return budget.period === "day"
        ? this.t("usage_card_spent_usd_day", { spent, limit })
        : this.t("usage_card_spent_usd_month", { spent, limit });
    }
    return budget.period === "day"
      ? this.t("usage_card_spent_requests_day", { spent, limit })
      : this.t("usage_card_spent_requests_month", { spent, limit });
  }

  #state(kind, name, words) {
    return h("span", { class: `state ${kind}` }, name && icon(name), words);
  }

  #budgets(budgets) {
    return h(
      "section",
      {},
      h("h3", { id: "budgets" }, this.t("usage_card_budgets")),
      h(
        "ul",
        { "aria-labelledby": "budgets", class: "wide" },
        budgets.map((each) => {
          const name = each.name ?? this.t("usage_card_all");
          const share = each.limit > 0 ? each.spent / each.limit : 1;
          const kind = share >= 1 ? "bad" : share >= SAVING ? "some" : "";
          const spent = this.#spent(each);
          const state = {
            bad: ["mdi:alert-circle", "usage_card_used_up"],
            some: ["mdi:alert", "usage_card_almost_used_up"],
          }[kind];
          return h(
            "li",
            {},
            h(
              "div",
              { class: "line" },
              h("span", { class: "who" }, h("bdi", {}, name), h("small", {}, spent)),
              state ? this.#state(kind, state[0], this.t(state[1])) : this.#state("", null, this.#percent(share)),
            ),
            this.#bar(Math.min(1, share), spent, `${name}: ${spent}`, kind),
          );
        }),
      ),
    );
  }

  #bar(share, words, label, kind = "") {
    return h(
      "div",
      {
        class: `bar ${kind}`,
        role: "meter",
        "aria-label": label,
        "aria-valuemin": "0",
        "aria-valuemax": "100",
        "aria-valuenow": String(Math.round(share * 100)),
        "aria-valuetext": words,
        title: words,
      },
      h("span", { style: `inline-size: ${(share * 100).toFixed(1)}%` }),
    );
  }

  #facts(facts) {
    const known = facts.filter(([, value]) => value !== null);
    return h("dl", {}, known.map(([key, value]) => h("div", {}, h("dt", {}, this.t(key)), h("dd", {}, value))));
  }

  // As long as the record cannot be read, the sensors have no figures either.
  #money(value) {
    return this.#usage.complete ? formatMoney(this.hass, value, this.#usage.currency) : "–";
  }

  #number(value) {
    return this.#usage.complete ? this.#plain(value) : "–";
  }

  #plain(value) {
    return formatNumber(this.hass, value, { maximumFractionDigits: 0 });
  }

  #percent(share) {
    return formatNumber(this.hass, share, { style: "percent", maximumFractionDigits: 0 });
  }

  // A rest ends without a message, and tomorrow becomes today.
  #wake() {
    clearTimeout(this.#timer);
    const left = (this.#usage?.providers ?? []).map(({ until }) => Date.parse(until) - Date.now()).filter((ms) => ms > 0);
    if (left.length) this.#timer = setTimeout(() => this.redraw(), Math.min(HOUR_MS, ...left) + 500);
  }
}

define("eyewitness-usage-card", UsageCard);
offer({
  type: "eyewitness-usage-card",
  title: "usage_card_title",
  about: "usage_card_about",
  name: "Eyewitness usage",
  description: "What descriptions cost, and how your providers are",
  getEntitySuggestion: (hass, entityId) => {
    const { platform, translation_key: key } = hass.entities?.[entityId] ?? {};
    const about = ["cost", "total_cost", "cost_today", "cost_this_month", "descriptions", "descriptions_today"];
    return platform === "eyewitness" && about.includes(key) ? { config: { type: "custom:eyewitness-usage-card" } } : null;
  },
});
