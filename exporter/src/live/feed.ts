import type { LiveId } from '@kymo/contract';
import type { LiveClient } from './client.js';

/** Where frames come from: a topic (an expression at an interval) or a stream. */
export interface Source {
  /** As in the messages. */
  readonly name: string;
  /** Never used for another source. */
  readonly number: number;
  readonly feeds: Set<Feed>;
  /** Messages of the tick `seq` for all feeds that are live. */
  batch(seq: number): readonly string[];
  /**
   * Messages for a feed that was left out from the tick `from` on: what is still to be had, after a
   * gap where something is not.
   */
  catchUp(from: number): string[];
}

/** That a client gets the frames of a source, by one or more subscriptions. */
export interface Feed {
  readonly client: LiveClient;
  readonly source: Source;
  readonly ids: Set<LiveId>;
  /** Whether it gets frames as they are made; before, it gets what it missed. */
  live: boolean;
  /** While it is not live: sequence number of the last frame that the client has. */
  position: number;
}
