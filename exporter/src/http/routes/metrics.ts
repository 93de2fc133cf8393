import { Router, type Response } from 'express';
import type { Answer, HttpDependencies } from '../dependencies.js';
import { methodNotAllowed } from '../http-error.js';

/** Sends an answer as it is: no entity tag, no coding, nothing that reads the body once more. */
export function send(response: Response, { status, headers, body, release }: Answer): void {
  if (release !== undefined) {
    // A connection that went while the answer was made will not close again.
    if (response.destroyed || response.closed) release();
    else response.once('close', release);
  }
  response.writeHead(status, { ...headers, 'Content-Length': body.length });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

export function metricsRoutes(dependencies: HttpDependencies): Router {
  const router = Router();
  router.route('/metrics').get(async (request, response) => {
    send(response, await dependencies.metrics(request.headers));
  });
  router.all('/metrics', methodNotAllowed('GET', 'HEAD'));
  return router;
}
