import { describe, expect, test } from 'vitest';
import { nextFrameOf } from '../src/datasource/live/next-frame.js';

/** A page whose clock and animation frames are set by hand. */
function page() {
  const state = { now: 1000, hidden: false, frames: [] as (() => void)[], drawn: [] as string[] };
  const nextFrame = nextFrameOf({
    now: () => state.now,
    isHidden: () => state.hidden,
    animationFrame: (callback) => state.frames.push(callback),
  });
  const draw = (name: string): void => nextFrame(() => state.drawn.push(name));
  return { state, draw };
}

describe('what is to be drawn', () => {
  test('is drawn at once after a rest, and after what comes with it', async () => {
    const { state, draw } = page();
    draw('first');
    expect(state.drawn).toEqual([]);
    await Promise.resolve();
    expect(state.drawn).toEqual(['first']);
    expect(state.frames).toEqual([]);
  });

  test('waits for the next frame where something was drawn just now', async () => {
    const { state, draw } = page();
    draw('first');
    await Promise.resolve();
    state.now += 10;
    draw('second');
    await Promise.resolve();
    expect(state.drawn).toEqual(['first']);
    state.now += 6;
    state.frames.shift()?.();
    expect(state.drawn).toEqual(['first', 'second']);
    state.now += 100;
    draw('third');
    await Promise.resolve();
    expect(state.drawn).toEqual(['first', 'second', 'third']);
  });

  test('waits for a frame, of which there are none, while the page is hidden', async () => {
    const { state, draw } = page();
    state.hidden = true;
    draw('first');
    await Promise.resolve();
    expect(state.drawn).toEqual([]);
    expect(state.frames).toHaveLength(1);
  });
});
