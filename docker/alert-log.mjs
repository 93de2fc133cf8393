// A webhook that prints what it is told, one line a notification: the receiver of alerts until there is a
// real one.
import { createServer } from 'node:http';

const port = Number(process.env.PORT ?? 8080);

createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => {
    // A notification has a few kilobytes.
    if (body.length < 1_000_000) body += chunk.toString();
  });
  request.on('end', () => {
    response.end();
    console.log(`${new Date().toISOString()} ${titleOf(body)}`);
  });
}).listen(port, () => console.log(`alerts are printed here; port ${port}`));

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));

function titleOf(body) {
  try {
    return JSON.parse(body).title ?? body;
  } catch {
    return body;
  }
}
