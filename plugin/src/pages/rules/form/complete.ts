import type { RuleForm, TestForm } from './form.js';

/** Whether enough is written that the exporter can be asked what it makes of it. */
export function isComplete({ way, expr, test }: RuleForm): boolean {
  return way === 'condition' ? isCompleteTest(test) : isGiven(expr);
}

function isCompleteTest(test: TestForm): boolean {
  switch (test.kind) {
    case 'threshold':
      return isGiven(test.expr) && isGiven(test.value);
    case 'rate_of_change':
      return isGiven(test.expr) && isGiven(test.value) && isGiven(test.window);
    case 'anomaly':
      return isGiven(test.watch) || isGiven(test.expr);
    case 'absence':
      return isGiven(test.expr);
    case 'composite': {
      const parts = test.joiner === 'not' ? test.parts.slice(0, 1) : test.parts;
      return parts.length > 0 && parts.every(isCompleteTest);
    }
    case 'named':
      return isGiven(test.named);
  }
}

const isGiven = (text: string): boolean => text.trim() !== '';
