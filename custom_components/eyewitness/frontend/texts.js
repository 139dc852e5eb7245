// The texts of the integration, in the user's language, and the names in the card picker.

export const DOMAIN = "eyewitness";

const texts = new Map(); // language and category -> promise of the texts
let current = null; // those of the user's language

export function speak(loaded) {
  current = loaded;
}

// Asked for by ourselves: Home Assistant's own loader says "loaded" to a second card while the
// first one still waits. A failure is not kept.
export function loadTexts(connection, language, category = "common") {
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

export function filled(text, placeholders = {}) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => placeholders?.[name] ?? whole);
}

export function translate(resources, key, placeholders) {
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
