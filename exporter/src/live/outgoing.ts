const TEXT = 0x81;
const TWO_BYTES = 126;
const EIGHT_BYTES = 127;

/**
 * A message to clients, which is encoded once however many get it: the bytes of its WebSocket frame
 * are made when they are first asked for.
 */
export class Outgoing {
  readonly text: string;
  #frame: Buffer | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** Several messages as one: a JSON array, or the message itself where there is one. */
  static joined(texts: readonly string[]): Outgoing {
    return new Outgoing(texts.length === 1 ? texts[0] : `[${texts.join(',')}]`);
  }

  /** An unfragmented, unmasked text frame (RFC 6455, section 5.2). */
  get frame(): Buffer {
    this.#frame ??= encodeFrame(this.text);
    return this.#frame;
  }
}

function encodeFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const header = length < TWO_BYTES ? 2 : length < 65_536 ? 4 : 10;
  // Not from the pool: a slice would keep the whole pool alive while one slow client waits for it.
  const frame = Buffer.allocUnsafeSlow(header + length);
  frame[0] = TEXT;
  if (header === 2) frame[1] = length;
  else if (header === 4) {
    frame[1] = TWO_BYTES;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = EIGHT_BYTES;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, header);
  return frame;
}
