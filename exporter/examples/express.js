// A service with live metrics. Build Kymo once (`npm run build`), then:
//
//   node exporter/examples/express.js
//
// and ask the service for something, and the exporter for what it has seen:
//
//   curl http://127.0.0.1:3000/greetings/Ada
//   curl http://127.0.0.1:9797/metrics | grep -e greetings -e http_server
import { once } from 'node:events';
import { createKymo } from '@kymo/exporter';
import express from 'express';
import { Counter, Registry } from 'prom-client';

const registry = new Registry();
const greetings = new Counter({
  name: 'greetings_total',
  help: 'Greetings by language.',
  labelNames: ['language'],
  registers: [registry],
});

// From here on the registry is sampled once a second, and the servers of this process are measured.
const kymo = createKymo({
  registry,
  listen: { port: Number(process.env.KYMO_LISTEN_PORT ?? 9797) },
});
const { url } = await kymo.start();

const app = express();
app.get('/greetings/:name', (request, response) => {
  const language = request.acceptsLanguages('en', 'de') || 'en';
  greetings.inc({ language });
  response.send(`${language === 'de' ? 'Guten Tag' : 'Good day'}, ${request.params.name}\n`);
});
const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
await once(server, 'listening');
console.log(`The service: http://127.0.0.1:${server.address().port}/greetings/Ada`);
console.log(`Its metrics: ${url}/metrics`);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    server.close();
    await kymo.stop();
  });
}
