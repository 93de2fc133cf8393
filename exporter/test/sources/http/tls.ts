import { readFileSync } from 'node:fs';

/** A certificate for the loopback that signs itself, made for these tests. */
export const CERTIFICATE = {
  cert: readFileSync(new URL('./fixtures/localhost-cert.pem', import.meta.url)),
  key: readFileSync(new URL('./fixtures/localhost-key.pem', import.meta.url)),
};
