import { RuleRequest, RuleTestRequest } from '@kymo/contract';
import express, { Router, type Request } from 'express';
import { KymoError } from '../../lib/errors.js';
import { QueryParameters } from '../../promql/api/parameters.js';
import type { RuleDefinition, RulesDoor, RuleTestRange } from '../dependencies.js';
import { HttpError, methodNotAllowed } from '../http-error.js';

const EXAMPLE = JSON.stringify({
  condition: { name: 'LoadHigh', threshold: { metric: 'node_load1', operator: '>', value: 4 } },
});

/** Rules made at run time, and when a rule would have alerted. */
export function rulesRoutes(rules: RulesDoor, bodyLimit: number): Router {
  const router = Router();
  const json = express.json({ limit: bodyLimit });
  router
    .route('/api/rules')
    .get((_request, response) => {
      response.set('Cache-Control', 'no-store').json(rules.list());
    })
    .post(json, async (request, response) => {
      const made = await settled(() =>
        rules.create(definitionOf(parsed(RuleRequest, request.body))),
      );
      response.status(201).set('Location', `/api/rules/${made.id}`).json(made);
    });
  router.all('/api/rules', methodNotAllowed('GET', 'HEAD', 'POST'));

  // These before the one with an id, which would take them.
  router.route('/api/rules/state').get((_request, response) => {
    response.set('Cache-Control', 'no-store').json(rules.states());
  });
  router.all('/api/rules/state', methodNotAllowed('GET', 'HEAD'));

  router.route('/api/rules/test').post(json, async (request, response) => {
    const body = parsed(RuleTestRequest, request.body);
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const range = { ...rangeOf(body), signal: gone.signal };
    response.json(await settled(() => rules.test(definitionOf(body), range)));
  });
  router.all('/api/rules/test', methodNotAllowed('POST'));

  router
    .route('/api/rules/:id')
    .get(async (request, response) => {
      const rule = await settled(() => Promise.resolve(rules.get(idOf(request))));
      response.set('Cache-Control', 'no-store').json(rule);
    })
    .put(json, async (request, response) => {
      const definition = definitionOf(parsed(RuleRequest, request.body));
      response.json(await settled(() => rules.update(idOf(request), definition)));
    })
    .delete(async (request, response) => {
      await settled(() => rules.delete(idOf(request)));
      response.status(204).end();
    });
  router.all('/api/rules/:id', methodNotAllowed('GET', 'HEAD', 'PUT', 'DELETE'));
  return router;
}

const definitionOf = ({ condition, rule }: RuleRequest): RuleDefinition =>
  condition === undefined ? { rule } : { condition };

const idOf = ({ params }: Request): string => String(params.id);

function parsed<T>(
  schema: {
    safeParse(
      body: unknown,
    ):
      | { success: true; data: T }
      | { success: false; error: { issues: readonly { path: PropertyKey[]; message: string }[] } };
  },
  body: unknown,
): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const why = result.error.issues
    .map(({ path, message }) => `${path.map(String).join('.') || 'the body'}: ${message}`)
    .join('; ');
  throw new HttpError(400, 'bad_data', `${why}; send JSON such as ${EXAMPLE} as application/json`);
}

/** @throws KymoError `bad_data` that names what cannot be read */
function rangeOf({ id, ...body }: RuleTestRequest): Omit<RuleTestRange, 'signal'> {
  const texts = new URLSearchParams();
  for (const name of ['start', 'end', 'step'] as const) {
    if (body[name] !== undefined) texts.set(name, String(body[name]));
  }
  const parameters = new QueryParameters(texts);
  const read = <T>(get: () => T): T => {
    try {
      return get();
    } catch (thrown) {
      throw refusal(thrown);
    }
  };
  return {
    ...(id === undefined ? {} : { id }),
    ...(parameters.has('start') ? { start: read(() => parameters.time('start')) } : {}),
    ...(parameters.has('end') ? { end: read(() => parameters.time('end')) } : {}),
    ...(parameters.has('step') ? { step: read(() => parameters.duration('step')) } : {}),
  };
}

function refusal(thrown: unknown): unknown {
  if (!(thrown instanceof KymoError) || thrown instanceof HttpError) return thrown;
  const { code, message } = thrown;
  switch (code) {
    case 'rule_not_found':
      return new HttpError(404, 'not_found', message);
    case 'busy':
      return new HttpError(429, 'too_many_requests', message, { 'Retry-After': '5' });
    case 'no_data_dir':
    case 'runtime_rules_broken':
    case 'timeout':
      return new HttpError(503, code === 'timeout' ? 'timeout' : 'unavailable', message);
    default:
      return new HttpError(400, 'bad_data', message);
  }
}

async function settled<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    throw refusal(thrown);
  }
}
