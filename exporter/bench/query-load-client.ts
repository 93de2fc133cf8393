import { fileURLToPath } from 'node:url';

/** The file of this module, to be run as a process: `<url> <expression>`. */
export const clientFile = fileURLToPath(import.meta.url);

/** Asks for fifteen minutes of an expression, again and again, and reports each answer's status. */
async function askForEver(url: string, expression: string): Promise<void> {
  for (;;) {
    const end = Date.now() / 1000;
    const parameters = new URLSearchParams({
      query: expression,
      start: String(end - 900),
      end: String(end),
      step: '1',
    });
    const response = await fetch(`${url}/api/v1/query_range?${parameters.toString()}`);
    const { status, error = '' } = (await response.json()) as { status: string; error?: string };
    process.send?.(`${response.status} ${status} ${error}`.trim());
  }
}

if (process.argv[1] === clientFile) await askForEver(process.argv[2], process.argv[3]);
