import type { LiveColumn } from '@kymo/contract';

interface Topic {
  readonly ids: Set<number>;
  readonly schemas: Map<number, readonly LiveColumn[]>;
}

/** Which subscriptions the topics of one connection belong to, and the schemas of their frames. */
export class Topics {
  readonly #topicOf = new Map<number, string>();
  readonly #topics = new Map<string, Topic>();

  add(id: number, topic: string): void {
    this.#topicOf.set(id, topic);
    this.#get(topic).ids.add(id);
  }

  remove(id: number): void {
    const name = this.#topicOf.get(id);
    if (name === undefined) return;
    this.#topicOf.delete(id);
    const ids = this.#topics.get(name)?.ids;
    ids?.delete(id);
    if (ids?.size === 0) this.#topics.delete(name);
  }

  clear(): void {
    this.#topicOf.clear();
    this.#topics.clear();
  }

  setSchema(topic: string, version: number, columns: readonly LiveColumn[]): void {
    this.#get(topic).schemas.set(version, columns);
  }

  columns(topic: string, version: number): readonly LiveColumn[] | undefined {
    // Frames of events have none.
    if (version === 0) return this.#topics.has(topic) ? [] : undefined;
    return this.#topics.get(topic)?.schemas.get(version);
  }

  /** The subscriptions to a topic. */
  ids(topic: string): readonly number[] {
    return [...(this.#topics.get(topic)?.ids ?? [])];
  }

  #get(name: string): Topic {
    let topic = this.#topics.get(name);
    if (topic === undefined) {
      topic = { ids: new Set(), schemas: new Map() };
      this.#topics.set(name, topic);
    }
    return topic;
  }
}
