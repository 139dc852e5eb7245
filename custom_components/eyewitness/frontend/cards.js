// What every page of the front end loads. Each module registers its own elements.
import "./events-card.js";
import "./usage-card.js";
import "./mask-editor.js";
import "./mask-panel.js";
