import { Router } from 'express';
import type { HttpDependencies } from '../dependencies.js';
import { HttpError, methodNotAllowed } from '../http-error.js';
import { searchParametersOf } from '../search-parameters.js';
import { send } from './metrics.js';

/** Answers about the past and the near future, and what is scored on the tick. */
export function analysisRoutes({
  analysis,
  watches,
}: Pick<HttpDependencies, 'analysis' | 'watches'>): Router {
  const router = Router();
  for (const [name, operation] of Object.entries(analysis?.operations ?? {})) {
    const path = `/api/metrics/${name}`;
    router.route(path).get(async (request, response) => {
      const gone = new AbortController();
      response.on('close', () => gone.abort());
      const parameters = searchParametersOf(request.url);
      send(response, await operation({ parameters, signal: gone.signal }));
    });
    router.all(path, methodNotAllowed('GET', 'HEAD'));
  }
  if (watches !== undefined) {
    router.route('/api/watches').get((_request, response) => {
      response.set('Cache-Control', 'no-store').json({ watches: watches.list() });
    });
    router.all('/api/watches', methodNotAllowed('GET', 'HEAD'));
    router.route('/api/watches/:name').get((request, response) => {
      const { name } = request.params;
      const series = watches.explain(name);
      if (series === undefined) {
        const message = `there is no watch ${JSON.stringify(name)}; /api/watches lists them`;
        throw new HttpError(404, 'not_found', message);
      }
      response.set('Cache-Control', 'no-store').json({ watch: name, series });
    });
    router.all('/api/watches/:name', methodNotAllowed('GET', 'HEAD'));
  }
  return router;
}
