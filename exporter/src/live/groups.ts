import type { LiveClient } from './client.js';
import type { Source } from './feed.js';

/** Clients that get the same sources live, and so the same messages. */
export interface Group {
  readonly sources: readonly Source[];
  readonly clients: Set<LiveClient>;
}

/** Sorts clients by what is live for them, so that what is equal for many is joined once. */
export class Groups {
  readonly #groups = new Map<string, Group>();
  readonly #changed = new Set<LiveClient>();

  /** Notes that other sources are live for a client; it is sorted anew before the next tick. */
  change(client: LiveClient): void {
    this.#changed.add(client);
  }

  remove(client: LiveClient): void {
    this.#changed.delete(client);
    this.#leave(client);
  }

  /** All groups, up to date. */
  settled(): Iterable<Group> {
    for (const client of this.#changed) this.#sort(client);
    this.#changed.clear();
    return this.#groups.values();
  }

  #sort(client: LiveClient): void {
    this.#leave(client);
    const sources = [...client.feeds.values()]
      .filter(({ live }) => live)
      .map(({ source }) => source)
      .sort((a, b) => a.number - b.number);
    if (sources.length === 0) return;
    const key = sources.map(({ number }) => number).join(' ');
    let group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, (group = { sources, clients: new Set() }));
    group.clients.add(client);
    client.group = key;
  }

  #leave(client: LiveClient): void {
    const { group: key } = client;
    if (key === undefined) return;
    client.group = undefined;
    const group = this.#groups.get(key);
    group?.clients.delete(client);
    if (group?.clients.size === 0) this.#groups.delete(key);
  }
}
