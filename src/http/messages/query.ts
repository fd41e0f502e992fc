import type { IncomingMessage } from 'node:http'
import type { ParsedUrlQuery } from 'node:querystring'
import { z } from 'zod'
import { ApiError } from './api-error.ts'
import { readBody } from './request-body.ts'

/** Bodies of JSON that somebody writes: selections of 100,000 files at most. */
const MAX_JSON_BYTES = 1024 * 1024

/**
 * Reads a query by its schema. Of a parameter that is given twice the last counts, unless it is a list;
 * parameters that the schema does not have are ignored. Throws ApiError 400 that names the parameter.
 */
export function readQuery<T extends z.ZodObject>(schema: T, query: ParsedUrlQuery): z.output<T> {
  const given: Record<string, unknown> = {}
  for (const [name, type] of Object.entries(schema.shape)) {
    const value = query[name]
    if (value === undefined) continue
    const values = Array.isArray(value) ? value : [value]
    given[name] = isList(type) ? values : values.at(-1)
  }
  return parsed(schema, given, 400)
}

/**
 * Reads a body of JSON by its schema. Rejects with ApiError 415 where it does not say that it is JSON,
 * 400 where it is not, 422 where it is something else, and with those of `readBody`.
 */
export async function readJson<T extends z.ZodType>(
  schema: T,
  request: IncomingMessage,
): Promise<z.output<T>> {
  if (!/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')) {
    request.resume()
    throw new ApiError(415, 'expected a request with `Content-Type: application/json`')
  }
  const text = (await readBody(request, MAX_JSON_BYTES)).toString('utf8')
  return parsed(schema, jsonValue(text), 422)
}

function jsonValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw notJson(error)
  }
}

function notJson(cause: unknown): ApiError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new ApiError(400, `the body is not JSON: ${reason}`, { cause })
}

function parsed<T extends z.ZodType>(schema: T, value: unknown, status: number): z.output<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const { error: cause } = result
  const [issue] = cause.issues
  const place = issue?.path.join('.') ?? ''
  const message = issue?.message ?? 'cannot be read'
  throw new ApiError(status, place === '' ? message : `${place}: ${message}`, { cause })
}

/** Looks through what may be left out. */
function isList(type: unknown): boolean {
  if (type instanceof z.ZodArray) return true
  return type instanceof z.ZodOptional && isList(type.unwrap())
}
