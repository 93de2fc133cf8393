/**
 * What is remembered of an object that is Node's, on the object itself: two requests in a hundred
 * would be lost to looking it up in a WeakMap. The key is a symbol of one instrumentation, so that
 * several do not meet.
 */
export type Marked<Mark> = Record<symbol, Mark | undefined>;
