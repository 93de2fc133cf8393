/** What is wrong with an expression, and where it begins; line and column count from 1. */
export interface Complaint {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Reads the place out of an error of PromQL: `1:5: parse error: unexpected …`. */
export function complaintOf(message: string): Complaint {
  const [, line, column, text] = /(\d+):(\d+): (?:parse error: )?(.*)$/s.exec(message) ?? [];
  if (text === undefined) return { line: 1, column: 1, message };
  return { line: Number(line), column: Number(column), message: text };
}
