// How the mask editor looks.
import { sheet } from "./base.js";

export const MASK_STYLE = sheet(`
  ha-card { container-type: inline-size; overflow: visible; }
  .head { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 16px; padding: 16px 16px 0; }
  h2 { flex: 1 0 auto; max-inline-size: 100%; }
  .content { display: flex; flex-direction: column; gap: 12px; padding: 12px 16px 16px; }
  p { margin: 0; line-height: 1.5; color: var(--secondary-text-color); }
  .head label { display: flex; align-items: center; gap: 12px; min-inline-size: 0; color: var(--secondary-text-color); }
  .tools { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
  .tools .gap { flex: 1; }
  button {
    display: inline-flex; align-items: center; justify-content: center; gap: 8px; min-block-size: 44px; padding: 0 16px; cursor: pointer;
    border: 0; border-radius: 22px; color: var(--primary-text-color); font-weight: var(--ha-font-weight-medium, 500);
    background: color-mix(in srgb, var(--primary-text-color) 8%, transparent);
  }
  button:hover { background: color-mix(in srgb, var(--primary-text-color) 14%, transparent); }
  button.round { inline-size: 44px; padding: 0; background: none; }
  button.main { background: color-mix(in srgb, var(--primary-color) 22%, transparent); border: 1px solid var(--primary-color); }
  button.main:hover { background: color-mix(in srgb, var(--primary-color) 32%, transparent); }
  button[disabled] { opacity: .45; cursor: default; }
  button ha-icon { --mdc-icon-size: 20px; flex: none; }
  @container (max-width: 560px) {
    .tools button.small { inline-size: 44px; padding: 0; }
    .tools button.small span { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    .tools .look, .tools .main { flex: 1 1 auto; }
    .tools .gap { display: none; }
  }
  .frame { position: relative; }
  .preview { display: block; inline-size: 100%; max-block-size: 70vh; object-fit: contain; border-radius: var(--ha-border-radius-lg, 12px); }
  .over {
    position: absolute; inset: 0; display: flex; align-items: center; justify-content: center; padding: 16px; text-align: center;
    pointer-events: none; color: var(--primary-text-color);
  }
  .note { display: flex; gap: 8px; align-items: flex-start; color: var(--primary-text-color); }
  .note ha-icon { --mdc-icon-size: 20px; flex: none; }
  .note:empty { display: none; }
  @media (hover: none) { #keys { display: none; } }
`);
