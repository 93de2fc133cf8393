import { Router } from 'express';
import type { LiveDoor } from '../dependencies.js';
import { HttpError, methodNotAllowed } from '../http-error.js';

/**
 * The channels of Grafana Live, and what is at the address of the live streams for those who do not
 * ask for a WebSocket.
 */
export function liveRoutes(live: LiveDoor): Router {
  const router = Router();
  router.route('/api/live').get(() => {
    const message = 'live streams are a WebSocket; ask for an upgrade (docs/live-protocol.md)';
    throw new HttpError(426, 'bad_data', message, { Upgrade: 'websocket' });
  });
  router.all('/api/live', methodNotAllowed('GET', 'HEAD'));
  router.route('/api/live/channels').get((_request, response) => {
    response.set('Cache-Control', 'no-store').json(live.channels());
  });
  router.all('/api/live/channels', methodNotAllowed('GET', 'HEAD'));
  return router;
}
