import type { CallerAnswer } from '@kymo/contract';
import { Router, type Request } from 'express';
import { methodNotAllowed } from '../http-error.js';
import { Refusal, type WriteGuard } from '../identity/write-guard.js';

/** Who the exporter takes a caller for, and whether they may make changes. */
export function callerRoutes(guard: WriteGuard): Router {
  const router = Router();
  router.route('/api/caller').get(async (request, response) => {
    response.set('Cache-Control', 'no-store').json(await answerOf(guard, request));
  });
  router.all('/api/caller', methodNotAllowed('GET', 'HEAD'));
  return router;
}

async function answerOf(guard: WriteGuard, request: Request): Promise<CallerAnswer> {
  try {
    const { name = null, role = null } = await guard.callerOf(request);
    return { name, role, mayWrite: true, refusal: null, reason: null, remedy: null };
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    const { caller: { name = null, role = null } = {}, refusal, reason, remedy = null } = thrown;
    return { name, role, mayWrite: false, refusal, reason, remedy };
  }
}
