import type { ParsedUrlQuery } from 'node:querystring'
import { isPeerAddress } from '../peer-address.ts'
import { ApiError } from './api-error.ts'

/** A parameter that is given once; of several the last counts. */
export function textOf(query: ParsedUrlQuery, name: string): string | undefined {
  const value = query[name]
  return Array.isArray(value) ? value.at(-1) : value
}

/** Throws ApiError 400 for all but `true`, `false`, 1 and 0. */
export function booleanOf(query: ParsedUrlQuery, name: string): boolean | undefined {
  const text = textOf(query, name)
  if (text === undefined) return undefined
  if (text === 'true' || text === '1') return true
  if (text === 'false' || text === '0') return false
  throw new ApiError(400, `${name}: expected true or false, not ${JSON.stringify(text)}`)
}

/** A comma list of whole numbers, at least one. Throws ApiError 400. */
export function indicesOf(query: ParsedUrlQuery, name: string): readonly number[] | undefined {
  return textOf(query, name)
    ?.split(',')
    .map((text) => {
      const index = Number(text.trim())
      if (/^\s*\d+\s*$/.test(text) && Number.isSafeInteger(index)) return index
      throw new ApiError(400, `${name}: failed to parse ${JSON.stringify(text)} as integer`)
    })
}

/** A comma list of `ip:port`, IPv6 addresses in brackets. Throws ApiError 400. */
export function addressesOf(query: ParsedUrlQuery, name: string): readonly string[] | undefined {
  return textOf(query, name)
    ?.split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => {
      if (isPeerAddress(text)) return text
      throw new ApiError(400, `${name}: ${JSON.stringify(text)} is not ip:port`)
    })
}
