import express, { type Express, type Request, type Response, Router } from 'express';
import { createServer, get } from 'node:http';
import { createSecureServer } from 'node:http2';
import { describe, expect, test } from 'vitest';
import { listen, measure } from './measured.js';
import { CERTIFICATE } from './tls.js';

async function status(port: number, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ port, path, host: '127.0.0.1', agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    }).on('error', reject);
  });
}

const ok = (_request: Request, response: Response): void => {
  response.send('ok');
};

function shop(): Express {
  const app = express();
  app.set('env', 'test');
  const items = Router();
  items.get('/', ok);
  items.get('/:id', ok);
  items.get('/:id/fails', () => {
    throw new Error('out of stock');
  });
  const tenant = Router();
  tenant.use('/items', items);
  tenant.get(['/a', '/b'], ok);
  tenant.get(/^\/files-\d+$/, ok);
  app.use('/v1', items);
  app.use('/tenants/:tenant', tenant);
  app.use(['/left', '/right'], Router().get('/:x', ok));
  app.use(/^\/re-\d+/, Router().get('/:x', ok));
  const admin = express();
  admin.get('/users/:name', ok);
  admin.use('/deep/:level', Router().get('/end', ok));
  app.use('/admin', admin);
  const hidden = Router().get('/:x', ok);
  app.use('/lazy', (request, response, next) => hidden(request, response, next));
  app.get('/', ok);
  app.get('/users/:id', ok);
  app.get('/slow', (_request, response) => setTimeout(() => response.send('late'), 5));
  return app;
}

const routes = [
  ['/', '/'],
  ['/users/42?verbose=1', '/users/:id'],
  ['/slow', '/slow'],
  ['/v1/', '/v1'],
  ['/v1/77', '/v1/:id'],
  ['/tenants/acme/items', '/tenants/:tenant/items'],
  ['/tenants/acme/items/9', '/tenants/:tenant/items/:id'],
  ['/tenants/items/items/items', '/tenants/:tenant/items/:id'],
  ['/tenants/acme/b', '/tenants/:tenant/a|/b'],
  ['/tenants/acme/files-12', '/tenants/:tenant/^\\/files-\\d+$/'],
  ['/left/1', '/left/:x'],
  ['/right/1', '/right/:x'],
  ['/re-123/1', '/^\\/re-\\d+/:x'],
  ['/admin/users/ann', '/admin/users/:name'],
  ['/admin/deep/3/end', '/admin/deep/:level/end'],
  // A router that express does not show keeps its own path.
  ['/lazy/1', '/:x'],
] as const;

describe('an express app', () => {
  test.each(routes)('has for %s the route %s', async (path, route) => {
    const { requests } = measure();
    const port = await listen(createServer(shop()));
    expect(await status(port, path)).toBe(200);
    expect(await requests({ http_route: route, http_response_status_code: '200' })).toBe(1);
    expect(await requests()).toBe(1);
  });

  test('has the same routes when asked for others in between', async () => {
    const { requests, writer } = measure();
    const port = await listen(createServer(shop()));
    for (let round = 0; round < 3; round++) {
      for (const [path] of routes) await status(port, path.replace('acme', `tenant-${round}`));
    }
    expect(await requests()).toBe(3 * routes.length);
    const seen = new Set(
      [...writer.samples.keys()].flatMap(
        (key) => /http_route="((?:[^"\\]|\\.)*)"/.exec(key)?.[1] ?? [],
      ),
    );
    // `/tenants/:tenant/items/:id` is asked for twice.
    expect(seen.size).toBe(routes.length - 1);
  });

  test('has no route for what it does not serve', async () => {
    const { requests } = measure();
    const port = await listen(createServer(shop()));
    expect(await status(port, '/nothing/here')).toBe(404);
    expect(await requests({ http_route: '', http_response_status_code: '404' })).toBe(1);
  });

  test('keeps the route of a handler that throws', async () => {
    const { requests } = measure();
    const port = await listen(createServer(shop()));
    expect(await status(port, '/v1/3/fails')).toBe(500);
    expect(await requests({ http_route: '/v1/:id/fails', error_type: '500' })).toBe(1);
  });

  test('is counted once with the middleware and the automatic instrumentation', async () => {
    const { instrumentation, requests } = measure();
    const app = express();
    app.use(instrumentation.middleware);
    app.use(shop());
    const port = await listen(createServer(app));
    await status(port, '/users/1');
    expect(await requests({ http_route: '/users/:id' })).toBe(1);
    expect(await requests()).toBe(1);
  });

  test('is the only one counted where only it has the middleware', async () => {
    const { instrumentation, requests, read, until } = measure({ automatic: false });
    const app = express();
    app.use(instrumentation.middleware);
    app.use(shop());
    const port = await listen(createServer(app));
    const other = await listen(createServer(shop()));
    await status(port, '/tenants/acme/items/9');
    await status(other, '/users/1');
    expect(await requests({ http_route: '/tenants/:tenant/items/:id' })).toBe(1);
    expect(await requests()).toBe(1);
    expect(await read('kymo_connections_opened_total')).toBe(1);
    await until('kymo_connections', {}, 0);
    expect(await read('http_server_active_requests')).toBe(0);
  });

  test('can have its routes named in another way', async () => {
    const { requests } = measure({
      route: (request) =>
        (request as Request).originalUrl.startsWith('/v1') ? 'version one' : undefined,
    });
    const port = await listen(createServer(shop()));
    await status(port, '/v1/5');
    await status(port, '/users/5');
    expect(await requests({ http_route: 'version one' })).toBe(1);
    expect(await requests({ http_route: '/users/:id' })).toBe(1);
  });

  test('has a route for HTTP/2 where the middleware shows the request', async () => {
    const { instrumentation, requests, until } = measure({ route: () => 'by hand' });
    const server = createSecureServer(CERTIFICATE, (request, response) => {
      const pass = instrumentation.middleware as unknown as (
        request: unknown,
        response: unknown,
        next: () => void,
      ) => void;
      pass(request, response, () => response.end('ok'));
    });
    const port = await listen(server);
    const { connect } = await import('node:http2');
    const session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
    const stream = session.request({ ':path': '/' });
    await new Promise((resolve) => stream.on('close', resolve).resume());
    await until('http_server_request_duration_seconds_count', { protocol: 'http2' }, 1);
    expect(await requests({ http_route: 'by hand' })).toBe(1);
    session.destroy();
  });
});
