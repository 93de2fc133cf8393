export interface FrameSink {
  /** A whole message has passed, in however many frames it came. */
  onMessage(): void;
  onPing(): void;
  onPong(): void;
  /** @param code the close code, 1005 (as RFC 6455 has it for none) where the frame carries none. */
  onClose(code: number): void;
}

/** Continuation, text and binary are below. */
const LAST_DATA = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
const NO_STATUS = 1005;
/** Two bytes, eight of length, four of mask. */
const LONGEST_HEADER = 14;

/**
 * Reads the frames of one direction of a WebSocket (RFC 6455, section 5.2) from the bytes as they
 * pass, in whatever pieces. Only headers are looked at: payloads are skipped, so that the cost is a
 * few operations a frame whatever its size.
 */
export class FrameReader {
  readonly #sink: FrameSink;
  readonly #header = new Uint8Array(LONGEST_HEADER);
  #have = 0;
  /** Bytes of the frame's payload that have not passed yet; −1 while its header is read. */
  #remaining = -1;
  #payload = 0;
  #closeCode = 0;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  feed(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#remaining < 0) {
        this.#header[this.#have++] = bytes[at++];
        if (this.#have === this.#headerLength()) this.#beginPayload();
      } else {
        const passing = Math.min(this.#remaining, bytes.length - at);
        if ((this.#header[0] & 0x0f) === CLOSE)
          this.#readCloseCode(bytes.subarray(at, at + passing));
        at += passing;
        this.#remaining -= passing;
      }
      if (this.#remaining === 0) this.#endFrame();
    }
  }

  #headerLength(): number {
    if (this.#have < 2) return 2;
    const length = this.#header[1] & 0x7f;
    return 2 + (length === 127 ? 8 : length === 126 ? 2 : 0) + (this.#isMasked() ? 4 : 0);
  }

  #isMasked(): boolean {
    return (this.#header[1] & 0x80) !== 0;
  }

  #beginPayload(): void {
    const length = this.#header[1] & 0x7f;
    let payload = length;
    if (length >= 126) {
      payload = 0;
      const end = length === 126 ? 4 : 10;
      for (let i = 2; i < end; i++) payload = payload * 256 + this.#header[i];
    }
    this.#payload = payload;
    this.#remaining = payload;
    this.#closeCode = 0;
  }

  #readCloseCode(payload: Uint8Array): void {
    const passed = this.#payload - this.#remaining;
    for (let i = 0; i < payload.length && passed + i < 2; i++) {
      const mask = this.#isMasked() ? this.#header[this.#have - 4 + passed + i] : 0;
      this.#closeCode = this.#closeCode * 256 + (payload[i] ^ mask);
    }
  }

  #endFrame(): void {
    const isFinal = (this.#header[0] & 0x80) !== 0;
    const opcode = this.#header[0] & 0x0f;
    this.#have = 0;
    this.#remaining = -1;
    if (opcode === PING) this.#sink.onPing();
    else if (opcode === PONG) this.#sink.onPong();
    else if (opcode === CLOSE) this.#sink.onClose(this.#payload < 2 ? NO_STATUS : this.#closeCode);
    else if (isFinal && opcode <= LAST_DATA) this.#sink.onMessage();
  }
}
