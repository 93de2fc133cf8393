import { ok, failed, warning, type Finding } from '@kymo/contract/findings';

/** What was seen of each way that values can come. */
export interface Ways {
  /** What the datasource is set to. */
  readonly transport: string;
  /** Whether a WebSocket passes. */
  readonly websocket: boolean;
  /** Whether what the exporter pushes arrives through Grafana Live. */
  readonly live: boolean;
  /** Whether a query is answered. */
  readonly polling: boolean;
}

const CHECK = 'transport';

/** The way that panels get their values, and whether it is that which is set. */
export function wayFinding({ transport, websocket, live, polling }: Ways): Finding {
  const rest = websocket ? 'over WebSocket' : 'by polling';
  if (!websocket && !live && !polling) {
    return failed(CHECK, 'no way is open: panels get no values', 'mend what has failed above');
  }
  if (transport === 'polling') return ok(CHECK, 'values come by polling, as the datasource is set');
  if (transport === 'live' && live) {
    return ok(
      CHECK,
      `channels come through Grafana Live, as the datasource is set, the rest ${rest}`,
    );
  }
  if (transport === 'live') {
    const remedy = 'see live and channels, or choose another transport in the datasource';
    return warning(
      CHECK,
      `all comes ${rest}, though the datasource is set to Grafana Live`,
      remedy,
    );
  }
  if (websocket) {
    const why =
      transport === 'websocket' ? 'as the datasource is set' : 'which was chosen by itself';
    return ok(CHECK, `values come over WebSocket, ${why}`);
  }
  const channels =
    live && transport !== 'websocket' ? 'channels through Grafana Live, the rest ' : '';
  return warning(CHECK, `values come ${channels}by polling`, 'let a WebSocket pass: see stream');
}
