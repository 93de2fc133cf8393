import express, { Router, type Request, type RequestHandler } from 'express';
import type { Answer, PrometheusApi, PrometheusRequest } from '../dependencies.js';
import { methodNotAllowed } from '../http-error.js';
import { readBody } from '../read-body.js';
import { searchParametersOf } from '../search-parameters.js';
import { send } from './metrics.js';

// Endpoints that take their parameters as a form, when these are too long for a URL.
const FORM = new Set([
  'query',
  'query_range',
  'query_exemplars',
  'series',
  'labels',
  'format_query',
  'parse_query',
]);

/** Whether a POST to this path only reads. */
export function isPrometheusRead(path: string): boolean {
  return path.startsWith('/api/v1/') && FORM.has(path.slice('/api/v1/'.length));
}

/** The Prometheus HTTP API. */
export function prometheusRoutes(api: PrometheusApi, bodyLimit: number): Router {
  const router = Router();
  const form = express.text({ type: 'application/x-www-form-urlencoded', limit: bodyLimit });
  const answer =
    (respond: (request: PrometheusRequest, from: Request) => Promise<Answer>): RequestHandler =>
    async (request, response) => {
      const gone = new AbortController();
      response.on('close', () => gone.abort());
      const parameters = parametersOf(request);
      send(response, await respond({ parameters, signal: gone.signal }, request));
    };

  for (const [name, operation] of Object.entries(api.operations)) {
    const path = `/api/v1/${name}`;
    router.route(path).get(answer(operation));
    if (FORM.has(name)) router.route(path).post(form, answer(operation));
    router.all(path, methodNotAllowed('GET', 'HEAD', ...(FORM.has(name) ? ['POST'] : [])));
  }
  router
    .route('/api/v1/label/:name/values')
    .get(answer((request, { params }) => api.labelValues(String(params.name), request)));
  router.all('/api/v1/label/:name/values', methodNotAllowed('GET', 'HEAD'));
  router.route('/federate').get(answer((request) => api.federate(request)));
  router.all('/federate', methodNotAllowed('GET', 'HEAD'));

  router.route('/api/v1/write').post(async (request, response) => {
    send(response, api.write(await readBody(request, bodyLimit), request.headers));
  });
  router.all('/api/v1/write', methodNotAllowed('POST'));
  return router;
}

function parametersOf(request: Request): URLSearchParams {
  const parameters = searchParametersOf(request.url);
  const body: unknown = request.body;
  // As net/http's ParseForm: the body's values come before those of the URL.
  if (typeof body !== 'string') return parameters;
  return new URLSearchParams([...new URLSearchParams(body), ...parameters]);
}
