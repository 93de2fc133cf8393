import { expect } from 'vitest';

/** As `expect.poll`, with the patience that a slow machine needs. */
export const eventually = <T>(read: () => T): ReturnType<typeof expect.poll<T>> =>
  expect.poll(read, { timeout: 30_000 });
