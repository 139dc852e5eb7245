// How the usage card looks.
import { sheet } from "./base.js";

export const USAGE_STYLE = sheet(`
  ha-card { container-type: inline-size; }
  header { padding: 16px 16px 0; }
  h3 { margin: 0; font-size: var(--ha-font-size-m, 14px); font-weight: var(--ha-font-weight-medium, 500); color: var(--secondary-text-color); }
  .content { flex: 1; display: flex; flex-direction: column; gap: 20px; padding: 12px 16px 16px; overflow: auto; }
  section { display: flex; flex-direction: column; gap: 12px; }
  p { margin: 0; color: var(--secondary-text-color); line-height: 1.5; }
  dl { margin: 0; display: flex; flex-wrap: wrap; gap: 2px 16px; color: var(--secondary-text-color); font-size: var(--ha-font-size-s, 12px); }
  dl div { display: flex; gap: 4px; white-space: nowrap; }
  dt::after { content: ":"; }
  dd { margin: 0; color: var(--primary-text-color); font-variant-numeric: tabular-nums; }

  .sums { display: grid; grid-template-columns: repeat(auto-fit, minmax(132px, 1fr)); gap: 12px; }
  .sum {
    display: flex; flex-direction: column; gap: 4px; padding: 12px 14px; min-inline-size: 0;
    border-radius: var(--ha-border-radius-lg, 12px);
    background: color-mix(in srgb, var(--primary-text-color) 5%, transparent);
  }
  .sum .cost {
    font-size: clamp(20px, 6cqi, 28px); line-height: 1.2; color: var(--primary-text-color); font-variant-numeric: tabular-nums;
    overflow-wrap: anywhere;
  }
  .sum dl { flex-direction: column; gap: 2px; font-size: var(--ha-font-size-m, 14px); }
  .sum dl div { justify-content: space-between; }
  .sum dt::after { content: none; }

  ul { list-style: none; margin: 0; padding: 0; display: flex; flex-direction: column; gap: 16px; }
  li { display: flex; flex-direction: column; gap: 6px; min-inline-size: 0; }
  .line { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0 12px; }
  .who { min-inline-size: 0; overflow-wrap: anywhere; color: var(--primary-text-color); font-weight: var(--ha-font-weight-medium, 500); }
  .who small { display: inline-block; font-size: var(--ha-font-size-s, 12px); font-weight: var(--ha-font-weight-normal, 400); color: var(--secondary-text-color); margin-inline-start: 6px; }
  .state { display: inline-flex; align-items: center; gap: 4px; color: var(--secondary-text-color); font-size: var(--ha-font-size-m, 14px); }
  .state ha-icon { --mdc-icon-size: 16px; flex: none; }
  .state.bad, .state.some { color: var(--primary-text-color); }

  .bar { block-size: 8px; border-radius: 4px; overflow: hidden; background: color-mix(in srgb, var(--primary-text-color) 12%, transparent); }
  .bar span { display: block; block-size: 100%; min-inline-size: 0; border-radius: inherit; background: var(--primary-color); }
  .bar.some span { background: var(--warning-color, #ffa600); }
  .bar.bad span { background: var(--error-color, #db4437); }
  @container (min-width: 640px) { .wide { display: grid; grid-template-columns: 1fr 1fr; gap: 16px 32px; } }
`);
