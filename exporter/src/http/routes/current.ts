import { Router } from 'express';
import { KymoError } from '../../lib/errors.js';
import { QueryParameters } from '../../promql/api/parameters.js';
import type { CurrentDoor, CurrentRequest } from '../dependencies.js';
import { HttpError, methodNotAllowed } from '../http-error.js';
import { searchParametersOf } from '../search-parameters.js';
import { send } from './metrics.js';

const PATH = '/api/metrics/current';

/** The newest values of an expression, for clients that poll. */
export function currentRoutes(current: CurrentDoor): Router {
  const router = Router();
  router.route(PATH).get(async (request, response) => {
    const parameters = searchParametersOf(request.url);
    const answer = await current.answer({
      expr: parameters.get('expr') ?? undefined,
      since: sinceOf(parameters),
      ifNoneMatch: request.headers['if-none-match'],
    });
    send(response, answer);
  });
  router.all(PATH, methodNotAllowed('GET', 'HEAD'));
  return router;
}

function sinceOf(parameters: URLSearchParams): CurrentRequest['since'] {
  const text = parameters.get('since');
  if (text === null) return undefined;
  const position = /^"?(\d+-[0-9a-z]+)\.(\d{1,15})"?$/.exec(text);
  if (position !== null) return { epoch: position[1], seq: Number(position[2]) };
  try {
    return new QueryParameters(parameters).time('since');
  } catch (thrown) {
    if (!(thrown instanceof KymoError)) throw thrown;
    const message = `${thrown.message}, nor to a position such as 1000-loyw3v28.1700000000, which the header ETag has`;
    throw new HttpError(400, 'bad_data', message);
  }
}
