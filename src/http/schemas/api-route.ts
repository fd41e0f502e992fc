import type { z } from 'zod'

export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH'
  /** Parameters in braces. */
  readonly path: string
  readonly summary: string
  readonly query?: z.ZodObject
  /** By media type. */
  readonly body?: Readonly<Record<string, z.ZodType | null>>
  /** By media type; `null` for what is no JSON. */
  readonly answer: Readonly<Record<string, z.ZodType | null>>
  /** What is answered beside 200 and errors, by status. */
  readonly others?: Readonly<Record<number, OtherAnswer>>
}

export interface OtherAnswer {
  readonly summary: string
  /** As of `ApiRoute`; nothing for no body. */
  readonly answer: ApiRoute['answer']
}

/** A body of JSON, as `body` and `answer` of a route name it. */
export function json(schema: z.ZodType): Readonly<Record<string, z.ZodType>> {
  return { 'application/json': schema }
}
