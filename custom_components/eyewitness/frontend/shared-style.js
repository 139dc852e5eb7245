// What looks the same on every card and in the dialog.
import { sheet } from "./elements.js";

export const SHARED_STYLE = sheet(`
  * { box-sizing: border-box; }
  [hidden] { display: none !important; }
  button { font: inherit; color: inherit; }
  :focus-visible { outline: 2px solid var(--primary-color); outline-offset: 2px; }
  h2 {
    margin: 0; font-size: var(--ha-card-header-font-size, var(--ha-font-size-2xl, 24px)); overflow-wrap: anywhere;
    font-weight: var(--ha-card-header-font-weight, var(--ha-font-weight-normal, 400));
    line-height: var(--ha-line-height-condensed, 1.2); color: var(--ha-card-header-color, var(--primary-text-color));
  }
  :host(:dir(ltr)) h2 { text-align: left; }
  :host(:dir(rtl)) h2 { text-align: right; }
  a { color: var(--primary-text-color); text-decoration: underline; text-underline-offset: 3px; text-decoration-color: var(--primary-color); }
  input, select {
    font: inherit; font-size: 16px; min-block-size: 44px; min-inline-size: 0; max-inline-size: 100%; padding-inline: 12px;
    color: var(--primary-text-color); background: var(--card-background-color, #fff); color-scheme: inherit;
    border: 1px solid var(--outline-color, var(--divider-color)); border-radius: var(--ha-border-radius-md, 8px);
  }
  select { text-overflow: ellipsis; }
  .good ha-icon { color: var(--success-color, #43a047); }
  .bad ha-icon { color: var(--error-color, #db4437); }
  .some ha-icon { color: var(--warning-color, #ffa600); }
  .unseen {
    position: absolute; inline-size: 1px; block-size: 1px; margin: -1px; padding: 0;
    overflow: hidden; clip-path: inset(50%); white-space: nowrap; border: 0;
  }
  .skeleton { inline-size: 100%; display: grid; gap: 12px; }
  .skeleton span {
    block-size: 76px; border-radius: var(--ha-border-radius-md, 8px); background: var(--secondary-background-color);
    animation: breathe 1.4s ease-in-out infinite alternate;
  }
  @keyframes breathe { to { opacity: 0.4; } }
  @media (prefers-reduced-motion: reduce) { * { animation: none !important; } }
`);
