// The form in which a person sets the usage card up.
import { spoken } from "./base.js";

export const PARTS = ["sums", "providers", "budgets"];

export async function usageForm() {
  const t = await spoken();
  const parts = PARTS.map((value) => ({ value, label: t(`usage_card_show_${value}`) }));
  const bars = ["requests", "cost"].map((value) => ({ value, label: t(`usage_card_bars_${value}`) }));
  return {
    schema: [
      { name: "title", selector: { text: {} } },
      { name: "show", selector: { select: { multiple: true, mode: "list", options: parts } } },
      { name: "providers", selector: { select: { multiple: true, mode: "list", options: await providers() } } },
      { name: "bars", selector: { select: { mode: "list", options: bars } } },
    ],
    computeLabel: ({ name }) => t(`usage_card_option_${name}`),
    computeHelper: ({ name }) => t(`usage_card_option_${name}_help`) || undefined,
  };
}

// Without the right to see them there are none to choose from.
async function providers() {
  const { conn } = await window.hassConnection;
  const found = await conn.sendMessagePromise({ type: "eyewitness/usage/get" }).catch(() => ({ providers: [] }));
  return found.providers.map(({ id, name }) => ({ value: id, label: name }));
}
