// Which events a card shows: the newest first, page by page, and what comes and goes meanwhile.

const PAGE = 30;
const LARGEST_PAGE = 100; // as the command takes it
const MOST = 240; // what is kept on the page; whoever scrolls further leaves the newest behind

export const KINDS = {
  person: { objects: ["person"] },
  vehicle: { objects: ["vehicle"] },
  animal: { objects: ["animal"] },
  package: { objects: ["package"] },
  failed: {
    statuses: [
      "failed",
      "refused",
      "offline",
      "failed:camera",
      "no_provider",
      "not_allowed",
      "interrupted",
      "budget",
      "dropped",
    ],
  },
};

export const isFailed = (event) => event.status !== "described";

export class EventsStore {
  events = [];
  next = null; // where older ones begin
  isBehind = false; // the newest ones are no longer in the list
  isLoading = false;
  filter = { cameras: [], camera: "", kind: "", search: "" };

  #ask;
  #changed;
  #round = 0;
  #meanwhile = null; // what came and went since the newest were asked for

  // `limit`: show so many and no older ones.
  constructor(ask, changed, limit) {
    this.#ask = ask;
    this.#changed = changed;
    this.limit = limit;
  }

  get isFiltered() {
    const { camera, kind, search } = this.filter;
    return Boolean(camera || kind || search);
  }

  #query({ before, most = PAGE }) {
    const { cameras, camera, kind, search } = this.filter;
    const chosen = camera ? [camera] : cameras;
    return {
      type: "eyewitness/events/list",
      limit: this.limit ?? Math.min(Math.max(most, PAGE), LARGEST_PAGE),
      ...(chosen.length && { cameras: chosen }),
      ...(search && { search }),
      ...KINDS[kind],
      ...(before && { before }),
    };
  }

  // The newest in place of all; what is shown stays until they are there. So many as are shown,
  // or one page when it is about others.
  async reload({ isAnew = true } = {}) {
    const mine = ++this.#round;
    const meanwhile = (this.#meanwhile = []);
    this.isLoading = true;
    try {
      const { events, next } = await this.#ask(this.#query({ most: isAnew ? PAGE : this.events.length }));
      if (mine !== this.#round) return;
      this.events = events;
      this.next = this.limit ? null : next;
      this.isBehind = false;
      for (const change of meanwhile) change();
    } finally {
      if (mine === this.#round) {
        this.isLoading = false;
        this.#meanwhile = null;
      }
    }
    this.#changed();
  }

  async older() {
    if (this.isLoading || !this.next) return;
    const mine = this.#round;
    this.isLoading = true;
    try {
      const { events, next } = await this.#ask(this.#query({ before: this.next }));
      if (mine !== this.#round) return;
      const known = new Set(this.events.map((event) => event.event_id));
      this.events.push(...events.filter((event) => !known.has(event.event_id)));
      this.next = next;
      const tooMany = this.events.length - MOST;
      if (tooMany > 0) {
        this.events.splice(0, tooMany);
        this.isBehind = true;
      }
    } finally {
      if (mine === this.#round) this.isLoading = false;
    }
    this.#changed();
  }

  // Say whether it is among those that the card is about.
  #concerns(event) {
    const { cameras, camera, kind } = this.filter;
    const chosen = camera ? [camera] : cameras;
    if (chosen.length && !chosen.includes(event.camera)) return false;
    const { objects, statuses } = KINDS[kind] ?? {};
    if (objects && !objects.some((object) => event.objects.includes(object))) return false;
    return !statuses || isFailed(event);
  }

  // Return whether it is shown now. With a search only the server knows.
  added(event) {
    if (!this.#concerns(event)) return false;
    if (this.filter.search) {
      this.reload().catch(() => {});
      return false;
    }
    this.#meanwhile?.push(() => this.#put(event));
    if (this.isBehind) return false;
    const isNew = this.#put(event);
    this.#changed();
    return isNew;
  }

  #put(event) {
    const at = this.events.findIndex((other) => other.event_id === event.event_id);
    if (at >= 0) this.events[at] = event;
    else this.#insert(event);
    return at < 0;
  }

  // Several cameras may end in another order than they began.
  #insert(event) {
    const key = ({ timestamp, event_id: id }) => [Date.parse(timestamp), id];
    const [time, id] = key(event);
    let at = this.events.findIndex((other) => {
      const [otherTime, otherId] = key(other);
      return otherTime < time || (otherTime === time && otherId < id);
    });
    if (at < 0) at = this.next ? undefined : this.events.length;
    if (at === undefined) return; // it belongs to a page that is not there yet
    this.events.splice(at, 0, event);
    const most = this.limit || MOST;
    if (this.events.length > most) {
      this.events.length = most;
      if (!this.limit) this.next = this.events.at(-1).event_id;
    }
  }

  removed(ids) {
    this.#meanwhile?.push(() => this.#take(ids));
    if (!this.#take(ids)) return;
    this.#changed();
    if (this.limit || !this.events.length) this.reload().catch(() => {});
  }

  #take(ids) {
    const before = this.events.length;
    this.events = this.events.filter((event) => !ids.includes(event.event_id));
    return this.events.length < before;
  }
}
