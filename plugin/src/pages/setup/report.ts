import { inShort, STATE_WORDS, type Section } from './result.js';

/** All sections as text, for somebody who is asked for help. */
export function reportOf(sections: readonly Section[], now: Date): string {
  const results = sections.flatMap((section) => section.results ?? []);
  const checkWidth = Math.max(0, ...results.map(({ check }) => check.length)) + 2;
  const stateWidth = Math.max(...Object.values(STATE_WORDS).map(({ length }) => length)) + 2;
  const rest = ' '.repeat(stateWidth + checkWidth);
  const blocks = sections.map(({ title, results: all = [] }) =>
    [
      title,
      ...all.flatMap(({ state, check, detail, remedy }) => [
        STATE_WORDS[state].padEnd(stateWidth) + check.padEnd(checkWidth) + detail,
        ...(remedy === undefined ? [] : [`${rest}> ${remedy}`]),
      ]),
    ].join('\n'),
  );
  return `Kymo set-up, ${now.toISOString()}: ${inShort(results)}\n\n${blocks.join('\n\n')}\n`;
}
