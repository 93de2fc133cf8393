import { AcknowledgeRequest } from '@kymo/contract';
import express, { Router } from 'express';
import { KymoError } from '../../lib/errors.js';
import { QueryParameters } from '../../promql/api/parameters.js';
import type { AlertsDoor } from '../dependencies.js';
import { HttpError, methodNotAllowed } from '../http-error.js';
import { changedBy } from '../identity/caller.js';
import { searchParametersOf } from '../search-parameters.js';

const EXAMPLE = JSON.stringify({ by: 'ada', comment: 'on it', until: '2030-01-01T00:00:00Z' });

/** Alerts, their past, and who has seen them. */
export function alertsRoutes(alerts: AlertsDoor, bodyLimit: number): Router {
  const router = Router();
  router.route('/api/alerts').get((_request, response) => {
    response.set('Cache-Control', 'no-store').json({ alerts: alerts.list() });
  });
  router.all('/api/alerts', methodNotAllowed('GET', 'HEAD'));

  router.route('/api/alerts/summary').get((_request, response) => {
    response.set('Cache-Control', 'no-store').json(alerts.summary());
  });
  router.all('/api/alerts/summary', methodNotAllowed('GET', 'HEAD'));

  router.route('/api/alerts/history').get(async (request, response) => {
    const query = answered(() =>
      historyQuery(new QueryParameters(searchParametersOf(request.url))),
    );
    response.set('Cache-Control', 'no-store').json({ events: await alerts.history(query) });
  });
  router.all('/api/alerts/history', methodNotAllowed('GET', 'HEAD'));

  const path = '/api/alerts/:fingerprint/acknowledge';
  router
    .route(path)
    .post(express.json({ limit: bodyLimit }), async (request, response) => {
      const { by: said, comment, until } = readAcknowledgement(request.body);
      const by = named(changedBy(request, said));
      const parameters = new QueryParameters(
        new URLSearchParams(until === undefined ? {} : { until: String(until) }),
      );
      const end = until === undefined ? undefined : answered(() => parameters.time('until'));
      const acknowledgement = { by, comment, ...(end === undefined ? {} : { until: end }) };
      response.json(
        await settled(alerts.acknowledge(String(request.params.fingerprint), acknowledgement)),
      );
    })
    .delete(async (request, response) => {
      const said = searchParametersOf(request.url).get('by') ?? undefined;
      const by = changedBy(request, said) ?? '';
      response.json(await settled(alerts.unacknowledge(String(request.params.fingerprint), by)));
    });
  router.all(path, methodNotAllowed('POST', 'DELETE'));
  return router;
}

function readAcknowledgement(body: unknown): AcknowledgeRequest {
  const parsed = AcknowledgeRequest.safeParse(body);
  if (parsed.success) return parsed.data;
  const why = parsed.error.issues
    .map(({ path, message }) => `${path.join('.') || 'the body'}: ${message}`)
    .join('; ');
  throw wrong(why);
}

function named(by: string | undefined): string {
  if (by === undefined) throw wrong('by: who has seen the alert is missing');
  return by;
}

function wrong(why: string): HttpError {
  const message = `${why}; send JSON such as ${EXAMPLE} as application/json (comment and until may be left out)`;
  return new HttpError(400, 'bad_data', message);
}

function historyQuery(parameters: QueryParameters): {
  start?: number;
  end?: number;
  fingerprint?: string;
  limit?: number;
} {
  return {
    ...(parameters.has('start') ? { start: parameters.time('start') } : {}),
    ...(parameters.has('end') ? { end: parameters.time('end') } : {}),
    ...(parameters.has('fingerprint') ? { fingerprint: parameters.text('fingerprint') } : {}),
    ...(parameters.has('limit') ? { limit: parameters.limit('limit') } : {}),
  };
}

function refusal(thrown: unknown): unknown {
  if (!(thrown instanceof KymoError) || thrown instanceof HttpError) return thrown;
  switch (thrown.code) {
    case 'alert_not_found':
      return new HttpError(404, 'not_found', thrown.message);
    case 'journal_write_failed':
      return new HttpError(503, 'unavailable', thrown.message);
    default:
      return new HttpError(400, 'bad_data', thrown.message);
  }
}

function answered<T>(read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    throw refusal(thrown);
  }
}

async function settled<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (thrown) {
    throw refusal(thrown);
  }
}
