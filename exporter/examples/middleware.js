// As express.js, but only what passes the middleware is measured: for a process with servers that
// should be left alone.
//
//   node exporter/examples/middleware.js
//   curl http://127.0.0.1:3000/time
//   curl http://127.0.0.1:9797/metrics | grep http_server
import { once } from 'node:events';
import { createKymo } from '@kymo/exporter';
import express from 'express';

const kymo = createKymo({
  instrument: false,
  listen: { port: Number(process.env.KYMO_LISTEN_PORT ?? 9797) },
});
const { url } = await kymo.start();

const app = express();
app.get('/health', (_request, response) => {
  response.send('fine, and not measured\n');
});
app.use(kymo.middleware);
app.get('/time', (_request, response) => {
  response.send(`${new Date().toISOString()}\n`);
});
const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
await once(server, 'listening');
console.log(`The service: http://127.0.0.1:${server.address().port}/time`);
console.log(`Its metrics: ${url}/metrics`);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    server.close();
    await kymo.stop();
  });
}
