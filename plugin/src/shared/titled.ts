import type { PointerEvent } from 'react';

/**
 * What an element says of itself when it is pointed at, as properties of it. It is written only then: an
 * attribute that is written with every value costs more than the value, and is seen by nobody.
 */
export const titled = (text: () => string) => ({
  onPointerEnter: ({ currentTarget }: PointerEvent<HTMLElement>) => {
    currentTarget.title = text();
  },
});
