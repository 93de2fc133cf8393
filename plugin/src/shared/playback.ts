/** Whether live panels go on with time, or show what was at a moment of it; times are Unix ms. */
export interface Playback {
  /** The moment that is shown; `undefined` while panels go on. */
  readonly at: number | undefined;
  /** When it was paused: nothing later is shown before it is resumed. */
  readonly pausedAt: number | undefined;
  /** Values go on coming, and are kept. */
  pause(now: number): void;
  /** Shows another moment up to that of the pause; does nothing where it is not paused. */
  seek(time: number): void;
  resume(): void;
  /** Tells of every change, until the returned function is called. */
  subscribe(listener: () => void): () => void;
}
