/** A piece of a sentence: text, or a time (Unix milliseconds) that readers have in their own time zone. */
export type SentencePiece = string | { readonly time: number };

/** A sentence in full. @param clock writes a time */
export function spoken(pieces: readonly SentencePiece[], clock: (time: number) => string): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : clock(piece.time))).join('');
}

/** A time as `2026-01-31 09:15:00 UTC`, for those of whom no time zone is known. */
export function inUtc(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
