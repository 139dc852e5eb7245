// Numbers, money and times as the user's profile says.

const DAY_MS = 86_400_000;
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

export function formatDay(hass, date) {
  return formatter(Intl.DateTimeFormat, ...zoned(hass, { day: "numeric", month: "long" })).format(date);
}

// How many midnights there are until then, on the user's clock.
export function daysUntil(hass, date, now = new Date()) {
  const [, { timeZone }] = zoned(hass, {});
  const written = formatter(Intl.DateTimeFormat, "sv", { timeZone }); // which writes as ISO does
  const day = (when) => Date.parse(written.format(when));
  return Math.round((day(date) - day(now)) / DAY_MS);
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
