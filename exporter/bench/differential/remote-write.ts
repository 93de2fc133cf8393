import { compress } from 'snappyjs';

export interface WritableSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** Pairs of Unix milliseconds and value; `stale` writes Prometheus's stale marker. */
  readonly samples: readonly (readonly [time: number, value: number | 'stale'])[];
}

/** Protobuf bytes, written field by field. */
class Bytes {
  #chunks: Buffer[] = [];
  #length = 0;

  varint(value: number): this {
    const bytes: number[] = [];
    let rest = value;
    while (rest >= 128) {
      bytes.push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    bytes.push(rest);
    return this.#push(Buffer.from(bytes));
  }

  field(number: number, wireType: number): this {
    return this.varint(number * 8 + wireType);
  }

  bytes(number: number, content: Buffer): this {
    return this.field(number, 2).varint(content.length).#push(content);
  }

  double(number: number, value: number | 'stale'): this {
    const content = Buffer.alloc(8);
    if (value === 'stale') content.writeBigUInt64LE(0x7ff0000000000002n);
    else content.writeDoubleLE(value);
    return this.field(number, 1).#push(content);
  }

  end(): Buffer {
    return Buffer.concat(this.#chunks, this.#length);
  }

  #push(chunk: Buffer): this {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    return this;
  }
}

/** A remote write 1.0 body (snappy) with these series. */
export function writeRequest(series: readonly WritableSeries[]): Buffer {
  const request = new Bytes();
  for (const { labels, samples } of series) {
    const message = new Bytes();
    for (const name of Object.keys(labels).sort()) {
      const label = new Bytes();
      label.bytes(1, Buffer.from(name)).bytes(2, Buffer.from(labels[name]));
      message.bytes(1, label.end());
    }
    for (const [time, value] of samples) {
      message.bytes(2, new Bytes().double(1, value).field(2, 0).varint(time).end());
    }
    request.bytes(1, message.end());
  }
  return Buffer.from(compress(request.end()));
}

/** Posts series to a remote write receiver; throws with its answer where it refuses. */
export async function remoteWrite(url: string, series: readonly WritableSeries[]): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
    },
    body: new Uint8Array(writeRequest(series)),
  });
  if (!response.ok) {
    throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  }
}
