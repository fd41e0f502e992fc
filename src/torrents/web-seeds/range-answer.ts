import type { IncomingMessage } from 'node:http'
import type { ByteRange } from '../pieces/byte-range.ts'

/**
 * `useless`: nothing can be had from this server. `wrong`: it does not have this file as it should be.
 * `failed`: it may have it another time.
 */
export type WebSeedErrorKind = 'useless' | 'wrong' | 'failed'

/** Why a web seed gave no bytes. */
export class WebSeedError extends Error {
  override readonly name = 'WebSeedError'
  readonly kind: WebSeedErrorKind

  constructor(kind: WebSeedErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}

/** Statuses of servers that are overloaded or being repaired. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504])

/**
 * Throws WebSeedError where the answer is not exactly the bytes `range` of a file of `length` bytes
 * (RFC 9110, 14). A whole file is as good where all of it was asked for.
 */
export function requireRange(
  { statusCode: status = 0, headers }: Pick<IncomingMessage, 'statusCode' | 'headers'>,
  range: ByteRange,
  length: number,
): void {
  if (PASSING.has(status)) throw new WebSeedError('failed', `it answered ${status}`)
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') throw new WebSeedError('wrong', `it answered in ${encoding}`)
  const declared = headers['content-length']
  if (status === 200) {
    const isWhole = range.start === 0 && range.end === length - 1
    if (isWhole && (declared === undefined || Number(declared) === length)) return
    throw new WebSeedError('wrong', 'it answered 200 where a part was asked for')
  }
  if (status !== 206) throw new WebSeedError('wrong', `it answered ${status}`)
  const [, start, end, total] =
    /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers['content-range']?.trim() ?? '') ?? []
  const isAsked = Number(start) === range.start && Number(end) === range.end
  if (!isAsked) throw new WebSeedError('wrong', 'it answered with another range')
  if (total !== '*' && Number(total) !== length) {
    throw new WebSeedError('wrong', `its file has ${total} bytes, not ${length}`)
  }
  if (declared !== undefined && Number(declared) !== range.end - range.start + 1) {
    throw new WebSeedError('wrong', `it announced ${declared} bytes of another length`)
  }
}
