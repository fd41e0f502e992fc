import { isIPv4, isIPv6 } from 'node:net'
import type { ParsedUrlQuery } from 'node:querystring'
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

function isPeerAddress(text: string): boolean {
  const [, v6, v4, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? []
  const isAddress = v6 === undefined ? isIPv4(v4 ?? '') : isIPv6(v6)
  return isAddress && Number(port) >= 1 && Number(port) <= 65_535
}
