import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file of the preview in each encoding that it was built in. */
interface PreviewFile {
  readonly type: string;
  readonly identity: Buffer;
  readonly br?: Buffer;
  readonly gzip?: Buffer;
}

/** The page of the live preview. */
export interface Preview {
  readonly page: PreviewFile;
  /** By name; each name has a hash of its content. */
  readonly assets: ReadonlyMap<string, PreviewFile>;
}

const PAGE = 'index.html';
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  // Licences of what is bundled.
  '.txt': 'text/plain; charset=utf-8',
};
const built = fileURLToPath(new URL('../preview', import.meta.url));

/** Reads the preview into memory, about a megabyte; `undefined` where it is not built. */
export function readPreview(folder = built): Preview | undefined {
  const files = new Map<string, PreviewFile>();
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return undefined;
  }
  const read = (name: string): Buffer | undefined =>
    names.includes(name) ? readFileSync(path.join(folder, name)) : undefined;
  for (const name of names) {
    const type = TYPES[path.extname(name)];
    if (type === undefined) continue;
    const identity = readFileSync(path.join(folder, name));
    files.set(name, { type, identity, br: read(`${name}.br`), gzip: read(`${name}.gz`) });
  }
  const page = files.get(PAGE);
  if (page === undefined) return undefined;
  files.delete(PAGE);
  return { page, assets: files };
}
