/** The parameters in the URL of a request, each as often as it is there. */
export function searchParametersOf(url: string): URLSearchParams {
  const start = url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : url.slice(start));
}
