import { config } from '@grafana/runtime';
import { LiveConnection, type Socket } from './live/connection.js';

/** By address: whatever datasources and panels a tab has, an exporter gets one connection from it. */
const connections = new Map<string, LiveConnection>();

/** The tab's connection to the live protocol below a datasource's URL. */
export function connectionTo(datasourceUrl: string): LiveConnection {
  const url = liveUrl(datasourceUrl, document.baseURI, config.appSubUrl);
  let connection = connections.get(url);
  if (connection === undefined) {
    connection = new LiveConnection({
      open: () => new WebSocket(url) as Socket,
      now: () => Date.now(),
      random: Math.random,
    });
    connections.set(url, connection);
  }
  return connection;
}

/** A path below Grafana's own is that of its datasource proxy, and passes WebSockets on. */
function liveUrl(datasourceUrl: string, page: string, subPath: string): string {
  const base = datasourceUrl.startsWith('/') ? subPath + datasourceUrl : datasourceUrl;
  const url = new URL(`${base.replace(/\/$/, '')}/api/live`, page);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
