import { Router, type Request, type Response } from 'express';
import { methodNotAllowed, notFound } from '../http-error.js';
import type { Preview } from '../preview-files.js';

/** Scripts of its own and the exporter's API are all that the page may load. */
const POLICY =
  "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; img-src 'self' data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The live preview at `/`; where it is not built, `/` is left to the next router. */
export function previewRoutes(preview: Preview | undefined): Router {
  const router = Router();
  if (preview !== undefined) {
    router.route('/').get((request, response) => {
      response.set({ 'Cache-Control': 'no-cache', 'Content-Security-Policy': POLICY });
      send(request, response, preview.page);
    });
    router.all('/', methodNotAllowed('GET', 'HEAD'));
  }
  router.route('/assets/:name').get((request, response, next) => {
    const file = preview?.assets.get(request.params.name);
    if (file === undefined) {
      notFound(request, response, next);
      return;
    }
    response.set('Cache-Control', 'public, max-age=31536000, immutable');
    send(request, response, file);
  });
  router.all('/assets/:name', methodNotAllowed('GET', 'HEAD'));
  return router;
}

/** The best first: browsers name what they take in no order. */
const ENCODINGS = ['br', 'gzip'] as const;

function send(request: Request, response: Response, file: Preview['page']): void {
  const encoding = ENCODINGS.find(
    (one) => file[one] !== undefined && request.acceptsEncodings(one) === one,
  );
  response.set('Content-Type', file.type).vary('Accept-Encoding');
  if (encoding !== undefined) response.set('Content-Encoding', encoding);
  response.send(file[encoding ?? 'identity']);
}
