// How the card and its dialog look: Home Assistant's own colours, sizes and corners only.

const PICTURE = `
  .thumbnail, .picture { position: relative; overflow: hidden; background: var(--secondary-background-color); }
  .thumbnail { aspect-ratio: 16 / 9; border-radius: var(--ha-border-radius-md, 8px); }
  .thumbnail img { inline-size: 100%; block-size: 100%; object-fit: cover; display: block; }
  .no-picture { display: grid; place-items: center; block-size: 100%; color: var(--secondary-text-color); }
`;

export const CARD_STYLES = `
  ${PICTURE}
  :host { container-type: inline-size; }
  h3, p, ul { margin: 0; padding: 0; }
  ul { list-style: none; }

  .header { padding: 16px 16px 8px; display: grid; gap: 12px; }
  .filters { display: grid; gap: 8px; }
  .fields { display: flex; gap: 8px; flex-wrap: wrap; }
  .search { position: relative; flex: 1 1 140px; min-inline-size: 0; display: flex; align-items: center; }
  .search ha-icon {
    position: absolute; inset-inline-start: 10px; color: var(--secondary-text-color);
    --mdc-icon-size: 20px; pointer-events: none;
  }
  .search input { inline-size: 100%; padding-inline: 36px 4px; }
  input::placeholder { color: var(--secondary-text-color); opacity: 1; }
  .fields select { flex: 0 1 auto; }
  /* What fades at the end says that there is more to push into sight. */
  .chips {
    display: flex; gap: 6px; overflow-x: auto; scrollbar-width: none; margin-inline: -16px; padding-inline: 16px; padding-block: 3px;
    --end: to right; mask-image: linear-gradient(var(--end), #000 calc(100% - 16px), transparent);
  }
  .chips:dir(rtl) { --end: to left; }
  .chip {
    flex: none; display: inline-flex; align-items: center; gap: 5px; min-block-size: 36px; padding-inline: 8px 11px;
    border: 1px solid var(--outline-color, var(--divider-color)); border-radius: 22px; background: none;
    font-size: var(--ha-font-size-s, 12px); color: var(--primary-text-color); cursor: pointer; --mdc-icon-size: 18px;
  }
  .chip ha-icon { color: var(--secondary-text-color); }
  .chip[aria-pressed="true"] {
    background: color-mix(in srgb, var(--primary-color) 18%, transparent); border-color: var(--primary-color);
    font-weight: var(--ha-font-weight-medium, 500);
  }
  .chip[aria-pressed="true"] ha-icon { color: var(--primary-color); }

  .scroller { flex: 1; min-block-size: 0; overflow-y: auto; max-block-size: 560px; overscroll-behavior: contain; overflow-anchor: none; padding-block-end: 8px; }
  .counted .scroller { max-block-size: none; }
  :host([in-grid]) .scroller { max-block-size: none; }
  :host([in-panel]) .scroller { max-block-size: calc(100dvh - 12rem); }
  .header[hidden] + .scroller { padding-block-start: 8px; }

  .event {
    position: relative; display: grid; grid-template-columns: minmax(96px, 30%) minmax(0, 1fr); gap: 14px;
    padding: 8px 16px; align-items: start;
    content-visibility: auto; contain-intrinsic-block-size: auto 92px;
  }
  .event:hover { background: color-mix(in srgb, var(--primary-text-color) 4%, transparent); }
  .body { min-inline-size: 0; }
  .title { font-size: var(--ha-font-size-m, 14px); font-weight: var(--ha-font-weight-medium, 500); line-height: 1.4; }
  .open {
    display: flex; align-items: center; gap: 6px; inline-size: 100%; border: 0; padding: 0; margin: 0; background: none;
    font-weight: inherit; text-align: start; cursor: pointer; color: var(--primary-text-color); outline: none;
  }
  .open::after { content: ""; position: absolute; inset: 0; }
  .open:focus-visible::after {
    outline: 2px solid var(--primary-color); outline-offset: -3px; border-radius: var(--ha-border-radius-lg, 12px);
  }
  .words { flex: 1; min-inline-size: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .mark { flex: none; display: inline-flex; --mdc-icon-size: 18px; color: var(--error-color); }
  .description {
    margin-block-start: 1px; font-size: var(--ha-font-size-m, 14px); line-height: 1.4; color: var(--primary-text-color);
    display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; line-clamp: 2; overflow: hidden;
    overflow-wrap: anywhere;
  }
  /* A text of another direction begins where the others do. */
  .event:dir(ltr) :is(.words, .description) { text-align: left; }
  .event:dir(rtl) :is(.words, .description) { text-align: right; }
  .meta {
    margin-block-start: 3px; display: flex; font-size: var(--ha-font-size-s, 12px); line-height: 1.45;
    color: var(--secondary-text-color);
  }
  .meta > * { flex: 0 1 auto; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .meta > time { flex: none; }
  .meta > .provider { flex-shrink: 1000; }
  .meta > :not(:first-child)::before { content: "\\00a0·\\00a0"; }

  @container (min-inline-size: 480px) {
    .list .event { grid-template-columns: 160px minmax(0, 1fr); gap: 16px; }
    .tiles .events { display: grid; grid-template-columns: repeat(auto-fill, minmax(210px, 1fr)); gap: 8px; padding-inline: 8px; }
    .tiles .event { display: block; padding: 8px; border-radius: var(--ha-border-radius-lg, 12px); contain-intrinsic-block-size: auto 220px; }
    .tiles .body { padding-block-start: 8px; }
  }
  @container (max-width: 279px) {
    .header { padding: 12px 12px 4px; }
    .chips { margin-inline: -12px; padding-inline: 12px; }
    .fields select { flex: 1 1 100%; }
    .event { display: block; padding: 8px 12px; contain-intrinsic-block-size: auto 190px; }
    .body { padding-block-start: 6px; }
  }
  @media (pointer: coarse) { .chip { min-block-size: 44px; } }

  .arrived { animation: arrive 500ms ease-out; }
  @keyframes arrive {
    from { opacity: 0; translate: 0 -12px; background: color-mix(in srgb, var(--primary-color) 20%, transparent); }
  }

  .more { display: grid; place-items: center; padding: 8px; }
  button.plain {
    border: 0; background: none; padding: 8px 16px; min-block-size: 44px; border-radius: 22px; cursor: pointer;
    color: var(--primary-text-color); font-weight: var(--ha-font-weight-medium, 500);
  }
  .newest {
    position: sticky; inset-block-start: 4px; z-index: 1; display: flex; align-items: center; gap: 6px; margin: 0 auto -44px;
    min-block-size: 44px; padding-inline: 14px 18px; border: 1px solid var(--divider-color); border-radius: 22px; cursor: pointer;
    background: var(--card-background-color); color: var(--primary-text-color); font-size: var(--ha-font-size-m, 14px);
    box-shadow: var(--ha-box-shadow-m, 0 2px 8px rgb(0 0 0 / 25%)); --mdc-icon-size: 18px;
  }

  .empty { flex: 1; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 8px; padding: 24px 24px 32px; text-align: center; min-block-size: 160px; color: var(--primary-text-color); overflow: auto; }
  .inner { display: contents; }
  .empty > ha-icon, .inner > ha-icon { --mdc-icon-size: 40px; color: var(--secondary-text-color); }
  .headline { font-size: var(--ha-font-size-l, 16px); font-weight: var(--ha-font-weight-medium, 500); }
  .empty p { max-inline-size: 38em; overflow-wrap: anywhere; }
  .empty p:not(.headline) { color: var(--secondary-text-color); }
  .empty > a, .inner > a, .hint a { display: inline-flex; align-items: center; min-block-size: 44px; }
  .now { display: flex; flex-wrap: wrap; justify-content: center; gap: 8px; margin-block-start: 8px; }
  button.filled {
    border: 1px solid var(--primary-color); border-radius: 22px; min-block-size: 44px; padding-inline: 20px; cursor: pointer;
    background: color-mix(in srgb, var(--primary-color) 16%, transparent); color: var(--primary-text-color);
    font-weight: var(--ha-font-weight-medium, 500);
  }
  button.filled:disabled { opacity: 0.7; cursor: progress; }
  .outcome { display: flex; align-items: center; justify-content: center; gap: 8px; min-block-size: 1.5em; --mdc-icon-size: 20px; }
  .outcome ha-icon { flex: none; color: var(--error-color); }
  .outcome:empty { display: none; }
  .spinner {
    inline-size: 18px; block-size: 18px; flex: none; border-radius: 50%; border: 2px solid var(--divider-color);
    border-block-start-color: var(--primary-color); animation: turn 900ms linear infinite;
  }
  @keyframes turn { to { rotate: 360deg; } }
`;

export const DETAILS_STYLES = `
  h3, p, ul, dl, dd { margin: 0; padding: 0; }
  ul { list-style: none; }
  dialog {
    padding: 0; border: 0; color: var(--primary-text-color);
    background: var(--ha-dialog-surface-background, var(--card-background-color, var(--primary-background-color)));
    border-radius: var(--ha-dialog-border-radius, 24px);
    inline-size: min(760px, calc(100vw - 48px)); max-inline-size: none; max-block-size: calc(100dvh - 48px);
    font-family: var(--ha-font-family-body, inherit); font-size: var(--ha-font-size-m, 14px); line-height: 1.5;
    flex-direction: column; overflow: hidden; overscroll-behavior: contain;
  }
  dialog[open] { display: flex; animation: appear 150ms ease-out; }
  @keyframes appear { from { opacity: 0; translate: 0 12px; } }
  dialog::backdrop { background: var(--mdc-dialog-scrim-color, rgb(0 0 0 / 55%)); }
  @media (max-width: 600px) {
    dialog { inline-size: 100vw; block-size: 100dvh; max-block-size: 100dvh; border-radius: 0; margin: 0; inset: 0; }
  }
  .bar { display: flex; align-items: center; gap: 4px; padding: 8px; flex: none; }
  h2 {
    flex: 1; min-inline-size: 0; font-size: var(--ha-font-size-xl, 20px); line-height: 1.25; padding-inline: 4px;
    color: inherit;
    display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; line-clamp: 3; overflow: hidden;
  }
  button.icon {
    flex: none; inline-size: 44px; block-size: 44px; border: 0; border-radius: 50%; background: none; color: inherit; cursor: pointer;
    display: grid; place-items: center;
  }
  button.icon:hover { background: color-mix(in srgb, var(--primary-text-color) 8%, transparent); }
  button.icon[aria-disabled="true"] { opacity: 0.38; cursor: default; }
  :dir(rtl) [data-step] ha-icon { scale: -1 1; }
  :focus-visible { outline-offset: -2px; }
  .content { overflow: auto; overscroll-behavior: contain; padding: 0 24px 24px; display: flex; flex-direction: column; gap: 16px; }
  .content > * { flex: none; }
  @media (max-width: 600px) { .content { padding-inline: 16px; } }
  ${PICTURE}
  .picture { margin-inline: -24px; background: #000; aspect-ratio: 16 / 9; max-block-size: 50dvh; inline-size: calc(100% + 48px); }
  @media (max-width: 600px) { .picture { margin-inline: -16px; inline-size: calc(100% + 32px); } }
  .picture img { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; object-fit: contain; }
  .text { font-size: var(--ha-font-size-l, 16px); overflow-wrap: anywhere; white-space: pre-line; }
  :host(:dir(ltr)) .text { text-align: left; }
  :host(:dir(rtl)) .text { text-align: right; }
  .text ha-icon { color: var(--error-color); --mdc-icon-size: 22px; margin-inline-end: 8px; vertical-align: middle; }
  .error { color: var(--primary-text-color); border-inline-start: 4px solid var(--error-color); padding: 8px 12px; }
  .marks { display: flex; flex-wrap: wrap; gap: 8px; --mdc-icon-size: 18px; }
  .marks li { display: inline-flex; align-items: center; gap: 6px; padding: 4px 12px 4px 10px; border-radius: 16px; background: var(--secondary-background-color); }
  .marks .important ha-icon { color: var(--error-color); }
  dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(150px, 100%), 1fr)); gap: 12px 24px; }
  dt { color: var(--secondary-text-color); font-size: var(--ha-font-size-s, 12px); }
  dd { overflow-wrap: anywhere; }
  .quiet { color: var(--secondary-text-color); }
  dd .quiet, th .quiet { display: block; font-size: var(--ha-font-size-s, 12px); font-weight: var(--ha-font-weight-normal, 400); }
  .no-picture-text { display: flex; align-items: center; gap: 8px; }
  h3 { font-size: var(--ha-font-size-m, 14px); font-weight: var(--ha-font-weight-medium, 500); margin-block-end: -8px; }
  table { border-collapse: collapse; inline-size: 100%; font-size: var(--ha-font-size-m, 14px); }
  th, td { text-align: start; padding-block: 8px; padding-inline: 0 12px; vertical-align: top; font-weight: var(--ha-font-weight-normal, 400); overflow-wrap: break-word; }
  thead th { color: var(--secondary-text-color); font-size: var(--ha-font-size-s, 12px); padding-block: 0 4px; }
  tbody tr { border-block-start: 1px solid var(--divider-color); }
  .number { font-variant-numeric: tabular-nums; white-space: nowrap; }
  .how { display: flex; gap: 6px; }
  td ha-icon { --mdc-icon-size: 18px; flex: none; }
  .ok td ha-icon { color: var(--success-color); }
  .not-ok td ha-icon { color: var(--error-color); }
`;
