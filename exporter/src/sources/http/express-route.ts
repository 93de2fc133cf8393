import type { IncomingMessage } from 'node:http';

/**
 * The route template of a request as express knows it once a route has been found: the path of the
 * route under the paths where its routers and apps are mounted, as they were written, never as they
 * were requested. By shape, for express 4 and 5.
 */

/** A path as express takes it: text with parameters, an expression, or several of both. */
type Pattern = string | RegExp | readonly Pattern[];

interface Route {
  readonly path: Pattern;
}

interface Layer {
  readonly route?: Route;
  readonly handle?: Handler;
  /** As written; express 5.3 and later. */
  readonly rawPath?: Pattern;
  /** What it answers differs; before express 5.3 it leaves it in `path` and `params`. */
  match(path: string): boolean | { readonly path: string; readonly pattern?: Pattern };
  readonly path?: string;
  readonly params?: Readonly<Record<string, string>>;
}

/** A router, an app, or any other function. */
interface Handler {
  readonly stack?: readonly Layer[];
  readonly router?: { readonly stack?: readonly Layer[] };
  /** Express 4, whose `router` throws. */
  readonly _router?: { readonly stack?: readonly Layer[] };
}

interface App extends Handler {
  readonly parent?: App;
  readonly mountpath?: Pattern;
}

interface ExpressRequest {
  readonly route?: Route;
  readonly app?: App;
  readonly originalUrl?: string;
}

/** The layers through which a route is reached, outermost first. */
type Chain = readonly Layer[];

/** Where a route is. */
interface Place {
  /** Where its app is mounted in its parents. */
  readonly mount: string;
  readonly chains: readonly Chain[];
  /** The path of its router, where that is the same for all requests. */
  readonly path: string | undefined;
}

const places = new WeakMap<Route, Place>();
const templates = new WeakMap<Layer, string[]>();
/** A layer that is mounted at more paths than this is taken for one without end. */
const MAX_TEMPLATES = 16;
/** Stands in for a part of a path, to see whether it may be anything. */
const ANYTHING = 'kymo-0-anything';

/** @returns undefined where the request was not routed by express. */
export function expressRoute(request: IncomingMessage): string | undefined {
  const { route } = request as unknown as ExpressRequest;
  if (typeof route !== 'object' || route === null) return undefined;
  if (route.path === undefined) return undefined;
  const { app, originalUrl } = request as unknown as ExpressRequest;
  const path = patternText(route.path);
  // A request whose handler threw is back at the outermost router, so that `baseUrl` tells nothing.
  const place = places.get(route) ?? (app === undefined ? undefined : findPlace(route, app));
  return place === undefined ? path : join(mountedAt(place, pathOf(originalUrl ?? '')), path);
}

function patternText(pattern: Pattern): string {
  if (typeof pattern === 'string') return pattern;
  return pattern instanceof RegExp ? String(pattern) : pattern.map(patternText).join('|');
}

function join(mount: string, path: string): string {
  const base = mount.endsWith('/') ? mount.slice(0, -1) : mount;
  if (base !== '' && (path === '/' || path === '')) return base;
  return path === '' || path.startsWith('/') ? base + path : `${base}/${path}`;
}

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

/** Where an app is mounted in its parents. */
function mountPathOf(app: App): string {
  let path = '';
  for (let child = app; child.parent !== undefined; child = child.parent) {
    const mount = patternText(child.mountpath ?? '/');
    path = (mount === '/' ? '' : mount) + path;
  }
  return path;
}

/** undefined for a route that is reached in a way unseen, such as by a function around its router. */
function findPlace(route: Route, app: App): Place | undefined {
  const chains = [...chainsTo(route, { handler: app, above: [] })];
  if (chains.length === 0) return undefined;
  const mount = mountPathOf(app);
  // Without a choice the paths need not be matched again.
  const fixed = chains.length === 1 ? fixedPath(chains[0]) : undefined;
  const place = { mount, chains, path: fixed === undefined ? undefined : join(mount, fixed) };
  places.set(route, place);
  return place;
}

function mountedAt({ mount, chains, path }: Place, requested: string): string {
  if (path !== undefined) return path;
  // What of the request belongs to where the app itself is mounted.
  const rest = requested.split('/').slice(mount === '' ? 1 : mount.split('/').length);
  for (const chain of chains) {
    const mounted = matchChain(chain, `/${rest.join('/')}`);
    if (mounted !== undefined) return join(mount, mounted);
  }
  return mount;
}

function stackOf(handler: Handler): readonly Layer[] | undefined {
  return handler.stack ?? (handler._router ?? readRouter(handler))?.stack;
}

function readRouter(handler: Handler): Handler['router'] {
  try {
    return handler.router;
  } catch {
    return undefined;
  }
}

function* chainsTo(route: Route, from: { handler: Handler; above: Chain }): Generator<Chain> {
  const { handler, above } = from;
  for (const layer of stackOf(handler) ?? []) {
    if (layer.route === route) yield above;
    // A router that is mounted within itself would go on for ever.
    else if (typeof layer.handle === 'function' && !above.includes(layer)) {
      yield* chainsTo(route, { handler: layer.handle, above: [...above, layer] });
    }
  }
}

function fixedPath(chain: Chain): string | undefined {
  let path = '';
  for (const { rawPath } of chain) {
    if (typeof rawPath !== 'string' && !(rawPath instanceof RegExp)) return undefined;
    path = join(path, patternText(rawPath));
  }
  return path === '/' ? '' : path;
}

function matchChain(chain: Chain, path: string): string | undefined {
  let mounted = '';
  let rest = path;
  for (const layer of chain) {
    const match = matchLayer(layer, rest === '' ? '/' : rest);
    if (match === undefined) return undefined;
    mounted = join(mounted, match.template);
    rest = rest.slice(match.path.length);
  }
  return mounted === '/' ? '' : mounted;
}

function matchLayer(layer: Layer, path: string): { path: string; template: string } | undefined {
  const match = layer.match(path);
  if (match === false) return undefined;
  if (match !== true && match.pattern !== undefined) {
    return { path: match.path, template: patternText(match.pattern) };
  }
  const matched = match === true ? (layer.path ?? '') : match.path;
  const parts = matched.split('/');
  return { path: matched, template: templateOf({ layer, parts, params: { ...layer.params } }) };
}

/** A layer that has matched, of which is not known how its path was written. */
interface Match {
  readonly layer: Layer;
  /** What it matched, at its slashes. */
  readonly parts: readonly string[];
  readonly params: Readonly<Record<string, string>>;
}

/** How the path of a layer was written. */
function templateOf(match: Match): string {
  let known = templates.get(match.layer);
  if (known === undefined) {
    known = [];
    templates.set(match.layer, known);
  }
  const fitting = known.find((template) => fits(template.split('/'), match.parts));
  if (fitting !== undefined) return fitting;
  if (known.length >= MAX_TEMPLATES) return '/*';
  const template = match.parts.map((_part, index) => partTemplate(match, index)).join('/');
  known.push(template);
  return template;
}

function fits(template: readonly string[], parts: readonly string[]): boolean {
  return (
    template.length === parts.length &&
    template.every((part, index) => /[:*]/.test(part) || part === parts[index])
  );
}

/** Finds out by trying: where the layer still matches with anything else in a part, it may vary. */
function partTemplate({ layer, parts, params }: Match, index: number): string {
  const part = parts[index];
  const isFree = (replaced: string): boolean =>
    layer.match(parts.with(index, replaced).join('/')) !== false;
  if (part === '') return part;
  const names = Object.keys(params).filter((name) => !/^\d+$/.test(name));
  if (isFree(ANYTHING)) {
    const name = names.find((candidate) => params[candidate] === decode(part));
    return name === undefined ? '*' : `:${name}`;
  }
  for (const name of names) {
    const value = params[name];
    if (value !== '' && part.includes(value) && isFree(part.replace(value, ANYTHING))) {
      return part.replace(value, `:${name}`);
    }
  }
  return part;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
