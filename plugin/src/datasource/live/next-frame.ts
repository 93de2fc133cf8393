/** Milliseconds of an animation frame. */
const FRAME = 16;

interface Page {
  /** Milliseconds. */
  readonly now: () => number;
  readonly isHidden: () => boolean;
  readonly animationFrame: (callback: () => void) => void;
}

/**
 * Calls so that what it changes is painted with the next frame, at most once a frame, and not while the page
 * is hidden. After a frame's rest that is at once: an animation frame that is asked for only to draw in the
 * one after it costs both time and a frame.
 */
export function nextFrameOf({
  now,
  isHidden,
  animationFrame,
}: Page): (callback: () => void) => void {
  let last = -Infinity;
  return (callback) => {
    const call = (): void => {
      last = now();
      callback();
    };
    // What comes in one message is drawn together.
    if (!isHidden() && now() - last >= FRAME) queueMicrotask(call);
    else animationFrame(call);
  };
}
