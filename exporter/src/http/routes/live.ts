import { Router } from 'express';
import { HttpError, methodNotAllowed } from '../http-error.js';

/** What is at the address of the live streams for those who do not ask for a WebSocket. */
export function liveRoutes(): Router {
  const router = Router();
  router.route('/api/live').get(() => {
    const message = 'live streams are a WebSocket; ask for an upgrade (docs/live-protocol.md)';
    throw new HttpError(426, 'bad_data', message, { Upgrade: 'websocket' });
  });
  router.all('/api/live', methodNotAllowed('GET', 'HEAD'));
  return router;
}
