/**
 * The compiled file of a thread or child process, from its compiled neighbour and from the source of
 * that alike: tests run the sources, but a worker can only run what is compiled.
 * @param name without its ending, relative to `from`
 * @param from `import.meta.url` of the caller
 */
export function workerFile(name: string, from: string): URL {
  const file = new URL(`${name}.js`, from);
  if (from.endsWith('.ts')) {
    // The last one: the repository itself may lie in a folder of that name.
    const source = file.pathname.lastIndexOf('/src/');
    file.pathname = `${file.pathname.slice(0, source)}/dist/${file.pathname.slice(source + 5)}`;
  }
  return file;
}
