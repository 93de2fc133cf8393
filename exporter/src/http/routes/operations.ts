import { Router } from 'express';
import { KymoError } from '../../lib/errors.js';
import type { HttpDependencies } from '../dependencies.js';
import { HttpError, methodNotAllowed } from '../http-error.js';

/** Liveness, readiness, reload, health and statistics. */
export function operationsRoutes(dependencies: HttpDependencies): Router {
  const router = Router();
  const get = methodNotAllowed('GET', 'HEAD');

  router.route('/-/healthy').get((_request, response) => {
    response.type('text').send('Kymo is healthy.\n');
  });
  router.all('/-/healthy', get);

  router.route('/-/ready').get((_request, response) => {
    const readiness = dependencies.readiness();
    if (readiness.ready) response.type('text').send('Kymo is ready.\n');
    else response.status(503).type('text').send(`Kymo is not ready: ${readiness.reason}.\n`);
  });
  router.all('/-/ready', get);

  router.route('/-/reload').post(async (_request, response) => {
    try {
      await dependencies.reload();
    } catch (thrown) {
      if (thrown instanceof KymoError) throw new HttpError(400, 'bad_data', thrown.message);
      throw thrown;
    }
    response.type('text').send('Reloaded.\n');
  });
  router.all('/-/reload', methodNotAllowed('POST'));

  router.route('/api/health').get((_request, response) => {
    const health = dependencies.health();
    response.status(health.status === 'starting' || health.status === 'draining' ? 503 : 200);
    response.set('Cache-Control', 'no-store').json(health);
  });
  router.all('/api/health', get);

  router.route('/api/stats').get((_request, response) => {
    response.set('Cache-Control', 'no-store').json(dependencies.stats());
  });
  router.all('/api/stats', get);
  return router;
}
