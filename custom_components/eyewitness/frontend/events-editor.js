// The form in which a person sets the card up.
import { spoken } from "./base.js";

export async function configForm() {
  const t = await spoken();
  const layouts = ["list", "tiles"].map((value) => ({ value, label: t(`card_layout_${value}`) }));
  return {
    schema: [
      { name: "title", selector: { text: {} } },
      { name: "cameras", selector: { entity: { multiple: true, filter: [{ domain: ["camera", "image"] }] } } },
      { name: "layout", selector: { select: { mode: "dropdown", options: layouts } } },
      { name: "count", selector: { number: { min: 1, max: 100, mode: "box" } } },
      { name: "show_filters", selector: { boolean: {} }, default: true },
    ],
    computeLabel: ({ name }) => t(`card_option_${name}`),
    computeHelper: ({ name }) => t(`card_option_${name}_help`) || undefined,
  };
}
