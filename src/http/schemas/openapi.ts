import { z } from 'zod'
import type { ApiRoute } from './api-route.ts'
import { API_ROUTES } from './api-routes.ts'
import { apiError } from './error-answer.ts'

type JsonObject = Record<string, unknown>

/** Where the parts of schemas that have a name of their own are kept. */
const COMPONENTS = '#/components/schemas/'

/** The API as OpenAPI 3.1, made of the schemas that requests are checked by. */
export function openApiDocument(version: string): JsonObject {
  const schemas: JsonObject = {}
  const paths: Record<string, JsonObject> = {}
  for (const route of API_ROUTES) {
    const operations = paths[route.path] ?? {}
    operations[route.method.toLowerCase()] = operationOf(route, schemas)
    paths[route.path] = operations
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tributary',
      version,
      description: "rqbit 9's HTTP API, and what Tributary adds to it.",
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{}, { password: [] }],
    paths,
    components: {
      securitySchemes: {
        password: { type: 'http', scheme: 'basic', description: 'That of --auth' },
      },
      responses: {
        Error: {
          description: 'What is wrong',
          content: { 'application/json': { schema: schemaOf(apiError, 'output', schemas) } },
        },
      },
      schemas,
    },
  }
}

function operationOf(route: ApiRoute, schemas: JsonObject): JsonObject {
  const { method, path, summary, query, body, answer, others } = route
  return {
    operationId: operationId(method, path),
    summary,
    parameters: [...pathParameters(path), ...queryParameters(query, schemas)],
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: contentOf(body, 'input', schemas) } }),
    responses: {
      200: { description: 'Done', content: contentOf(answer, 'output', schemas) },
      ...otherResponses(others, schemas),
      default: { $ref: '#/components/responses/Error' },
    },
  }
}

function otherResponses(others: ApiRoute['others'], schemas: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(others ?? {}).map(([status, { summary, answer }]) => [
      status,
      { description: summary, content: contentOf(answer, 'output', schemas) },
    ]),
  )
}

/** `getTorrentsStatsV1` */
function operationId(method: string, path: string): string {
  const words = path.split(/[^a-z\d]+/i).filter((word) => word !== '')
  const named = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1))
  return [method.toLowerCase(), ...(named.length === 0 ? ['Root'] : named)].join('')
}

function pathParameters(path: string): JsonObject[] {
  return [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => ({
    ...{ name, in: 'path', required: true },
    schema: { type: name === 'file_idx' ? 'integer' : 'string' },
  }))
}

function queryParameters(query: z.ZodObject | undefined, schemas: JsonObject): JsonObject[] {
  if (query === undefined) return []
  const { properties = {} } = jsonSchema(query, 'input', schemas)
  return Object.entries(properties as Record<string, JsonObject>).map(([name, property]) => {
    const { description, ...schema } = property
    return { name, in: 'query', required: false, description, schema }
  })
}

function contentOf(
  types: ApiRoute['answer'],
  io: 'input' | 'output',
  schemas: JsonObject,
): JsonObject {
  return Object.fromEntries(
    Object.entries(types).map(([type, schema]) => [
      type,
      schema === null ? {} : { schema: schemaOf(schema, io, schemas) },
    ]),
  )
}

/** A schema that has a name is kept among the components, once. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', schemas: JsonObject): JsonObject {
  const { id } = z.globalRegistry.get(schema) ?? {}
  const made = jsonSchema(schema, io, schemas)
  if (id === undefined) return made
  // zod has put it among the definitions already where it refers to it.
  schemas[id] ??= made
  return { $ref: `${COMPONENTS}${id}` }
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output', schemas: JsonObject): JsonObject {
  const made: JsonObject = z.toJSONSchema(schema, { target: 'draft-2020-12', io })
  const { $schema: _, $defs: inner = {}, id: __, ...rest } = made
  for (const [name, definition] of Object.entries(inner as Record<string, JsonObject>)) {
    const { id: ___, ...plain } = definition
    schemas[name] = JSON.parse(JSON.stringify(plain).replaceAll('#/$defs/', COMPONENTS))
  }
  return JSON.parse(JSON.stringify(rest).replaceAll('#/$defs/', COMPONENTS))
}
