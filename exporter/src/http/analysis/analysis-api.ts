import { KymoError } from '../../lib/errors.js';
import { errorAnswer } from '../../promql/api/answer.js';
import { QueryParameters } from '../../promql/api/parameters.js';
import type { AnalysisDoor, Answer, PrometheusRequest } from '../dependencies.js';
import { correlations, type CorrelationsOptions } from './correlations.js';
import { history, type HistoryOptions } from './history.js';
import { operations } from './operations.js';
import { QueryFailure, Question, type QuestionOptions } from './question.js';

export type AnalysisApiOptions = QuestionOptions & HistoryOptions & CorrelationsOptions;

/**
 * Answers about the past and the near future: values come from the query thread, and what is made of them
 * from the analysis thread.
 */
export function analysisApi(options: AnalysisApiOptions): AnalysisDoor {
  let running = 0;
  const answering =
    (operation: (question: Question) => Promise<Answer>) =>
    async ({ parameters, signal }: PrometheusRequest): Promise<Answer> => {
      if (running >= options.analysis.maxWaiting) return failed(options.analysis.refuse());
      running++;
      try {
        const request = { parameters: new QueryParameters(parameters), signal };
        return await operation(new Question(options, request));
      } catch (thrown) {
        return failed(thrown);
      } finally {
        running--;
      }
    };
  const all = {
    ...operations,
    history: (question: Question) => history(question, options),
    correlations: (question: Question) => correlations(question, options),
  };
  return {
    operations: Object.fromEntries(
      Object.entries(all).map(([name, operation]) => [name, answering(operation)]),
    ),
  };
}

/** What analyses find wrong with what they are asked. */
const BAD_DATA = new Set(['bad_forecast', 'bad_correlation']);

function failed(thrown: unknown): Answer {
  if (thrown instanceof QueryFailure) return thrown.answer;
  const told =
    thrown instanceof KymoError && BAD_DATA.has(thrown.code)
      ? new KymoError('bad_data', thrown.message, { cause: thrown })
      : thrown;
  const { status, contentType, body } = errorAnswer(told);
  return {
    status,
    headers: { 'Content-Type': contentType, 'Cache-Control': 'no-store' },
    body: Buffer.from(body),
  };
}
