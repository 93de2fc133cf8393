interface ImportMeta {
  /** Bundles the files of a folder as text. */
  webpackContext(
    folder: string,
    options: { readonly regExp: RegExp },
  ): { (file: string): string; keys(): string[] };
}

declare module '*.css' {
  const text: string;
  export default text;
}
