import { SimulateRequest } from '@kymo/contract';
import express, { Router } from 'express';
import { parseDuration } from '../../lib/duration.js';
import { KymoError } from '../../lib/errors.js';
import type { Simulator } from '../dependencies.js';
import { HttpError, methodNotAllowed } from '../http-error.js';

/** Faults of the demo: which there are, which run, and starting one. */
export function simulateRoutes(simulator: Simulator, bodyLimit: number): Router {
  const router = Router();
  router.route('/api/simulate').get((_request, response) => {
    response.json({ faults: simulator.list(), active: simulator.active() });
  });
  router
    .route('/api/simulate')
    .post(express.json({ limit: bodyLimit, strict: true }), (request, response) => {
      const parsed = SimulateRequest.safeParse(request.body);
      if (!parsed.success) {
        const known = simulator.list().map(({ name }) => name);
        const example = JSON.stringify({ fault: known[0], duration: '30s' });
        const why = parsed.error.issues
          .map(({ path, message }) => `${path.join('.') || 'the body'}: ${message}`)
          .join('; ');
        const message = `${why}; send JSON such as ${example} as application/json (faults: ${known.join(', ')})`;
        throw new HttpError(400, 'bad_data', message);
      }
      try {
        const { fault, duration } = parsed.data;
        response.status(202).json(simulator.start(fault, parseDuration(duration)));
      } catch (thrown) {
        if (thrown instanceof KymoError) throw new HttpError(400, 'bad_data', thrown.message);
        throw thrown;
      }
    });
  router.all('/api/simulate', methodNotAllowed('GET', 'HEAD', 'POST'));
  return router;
}
