import { jsonSchemas } from '@kymo/contract';
import { bodies, queryParameters } from './openapi-parameters.js';
import { routeTable } from './route-table.js';

type Json = Readonly<Record<string, unknown>>;

const PLAIN = new Set(['/metrics', '/federate', '/api/metrics/export', '/-/healthy', '/-/ready']);
const JSON_TYPE = 'application/json';

/** The path of a route as OpenAPI writes it: `/api/rules/{id}`. */
export function openApiPath(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}');
}

/** OpenAPI 3.1 of every route, made from the table of routes and the contract's schemas. */
export function openApiDocument(version: string): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Kymo',
      version,
      summary: 'Live metrics, their history and what is to be made of them.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: 'http://127.0.0.1:9797' }],
    paths: Object.fromEntries(
      routeTable.map((route) => [
        openApiPath(route.path),
        Object.fromEntries(
          route.methods.map((method) => [method.toLowerCase(), operation(route, method)]),
        ),
      ]),
    ),
    components: {
      schemas: { ...jsonSchemas(), Error: ERROR },
      responses: {
        Error: { description: 'What is wrong, and what to do.', content: json(ref('Error')) },
      },
    },
  };
}

const ERROR = {
  type: 'object',
  properties: {
    status: { const: 'error' },
    errorType: { type: 'string' },
    error: { type: 'string' },
  },
  required: ['status', 'errorType', 'error'],
};

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: Json): Json => ({ [JSON_TYPE]: { schema } });

function operation({ path, summary }: (typeof routeTable)[number], method: string): Json {
  const request = bodies[path]?.request;
  const takesForm = method === 'POST' && path.startsWith('/api/v1/') && path in queryParameters;
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = method === 'GET' ? parametersOf(path) : [];
  const hasBody = request !== undefined && (method === 'POST' || method === 'PUT');
  return {
    operationId: `${method.toLowerCase()}${path.replace(/[^a-zA-Z0-9]+/g, '_')}`.replace(/_$/, ''),
    summary: summary.replace(/\s*,? see \[[^)]*\)[^.;]*/g, ''),
    ...(inPath.length + inQuery.length === 0 ? {} : { parameters: [...inPath, ...inQuery] }),
    ...(hasBody ? { requestBody: { required: true, content: json(ref(request)) } } : {}),
    ...(takesForm ? { requestBody: formOf(path) } : {}),
    responses: {
      200: { description: 'The answer.', ...contentOf(path, method) },
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

function parametersOf(path: string): Json[] {
  return Object.entries(queryParameters[path] ?? {}).map(([name, parameter]) => ({
    name,
    in: 'query',
    description: parameter.description,
    required: parameter.required ?? false,
    schema: schemaOf(parameter),
  }));
}

type Parameter = (typeof queryParameters)[string][string];

function schemaOf({ type, many, words }: Parameter): Json {
  const one = words === undefined ? { type } : { type, enum: words };
  return many === true ? { type: 'array', items: one } : one;
}

/** The same parameters, as a form. */
function formOf(path: string): Json {
  const parameters = Object.entries(queryParameters[path]);
  const required = parameters.filter(([, one]) => one.required === true).map(([name]) => name);
  const schema = {
    type: 'object',
    properties: Object.fromEntries(parameters.map(([name, one]) => [name, schemaOf(one)])),
    ...(required.length === 0 ? {} : { required }),
  };
  return { content: { 'application/x-www-form-urlencoded': { schema } } };
}

function contentOf(path: string, method: string): Json {
  const { data, whole } = bodies[path] ?? {};
  if (path === '/') return { content: { 'text/html': { schema: { type: 'string' } } } };
  if (PLAIN.has(path)) return { content: { 'text/plain': { schema: { type: 'string' } } } };
  if (whole !== undefined) return { content: json(ref(whole)) };
  if (data === undefined || method !== 'GET') return { content: json({ type: 'object' }) };
  const envelope = {
    type: 'object',
    properties: {
      status: { const: 'success' },
      data: ref(data),
      warnings: { type: 'array', items: { type: 'string' } },
      infos: { type: 'array', items: { type: 'string' } },
    },
    required: ['status', 'data'],
  };
  return { content: json(envelope) };
}
