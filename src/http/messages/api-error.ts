import { type OutgoingHttpHeaders, type ServerResponse, STATUS_CODES } from 'node:http'
import { SettingError } from '../../settings/setting.ts'
import { type StorageFault, storageErrorIn } from '../../storage-error.ts'
import { TorrentError, type TorrentErrorKind } from '../../torrents/torrent-error.ts'
import type { ApiErrorCode } from '../schemas/api-error-codes.ts'
import { errorCode } from './api-error-code.ts'

/** The kinds that rqbit's clients know. */
export type ApiErrorKind = 'torrent_not_found' | 'dht_disabled' | 'unauthorized' | 'internal_error'

export interface ApiErrorOptions extends ErrorOptions {
  readonly kind?: ApiErrorKind
  /** Default: as the cause or the status says. */
  readonly code?: ApiErrorCode
  /** The id or info hash that no torrent has. */
  readonly id?: number | string
  readonly headers?: OutgoingHttpHeaders
}

/** An answer with a status of 400 or above; the message is for people. */
export class ApiError extends Error {
  readonly status: number
  readonly kind: ApiErrorKind
  readonly code: ApiErrorCode
  readonly id: number | string | undefined
  readonly headers: OutgoingHttpHeaders

  constructor(status: number, message: string, options: ApiErrorOptions = {}) {
    super(message, options)
    this.name = 'ApiError'
    this.status = status
    this.kind = options.kind ?? 'internal_error'
    this.code = options.code ?? errorCode(status, options.cause)
    this.id = options.id
    this.headers = options.headers ?? {}
  }
}

/** After so many seconds a stream that could not start is worth another try. */
const RETRY_AFTER_SECONDS = 5

const STATUS_OF: Readonly<Record<TorrentErrorKind, number>> = {
  'invalid-torrent': 400,
  'fetch-failed': 400,
  'no-peers': 400,
  'unknown-torrent': 404,
  'unknown-file': 404,
  'bad-limit': 400,
  'bad-binding': 400,
  'files-exist': 400,
  'bad-folder': 400,
  'wrong-state': 400,
  resolving: 409,
  unavailable: 503,
  closed: 409,
  corrupt: 500,
  timeout: 500,
}

/** RFC 4918, 11.5: there is no room, and may be later. All else is a fault of the machine that does not pass. */
const STATUS_OF_STORAGE: Readonly<Record<StorageFault, number>> = {
  full: 507,
  'read-only': 500,
  forbidden: 500,
  failed: 500,
}

/** What a caller is told about any error; `null` for one that is our own fault. */
export function toApiError(error: unknown): ApiError | null {
  const known = knownError(error)
  const storage = storageErrorIn(error)
  // A stream that cannot be given may be later, whatever is behind that.
  if (storage === null || known?.status === 503) return known
  const message = known?.message ?? storage.message
  return new ApiError(STATUS_OF_STORAGE[storage.fault], message, { cause: storage })
}

function knownError(error: unknown): ApiError | null {
  if (error instanceof ApiError) return error
  if (error instanceof TorrentError) {
    const status = STATUS_OF[error.kind]
    const headers = status === 503 ? { 'Retry-After': RETRY_AFTER_SECONDS } : {}
    return new ApiError(status, error.message, { headers, cause: error })
  }
  if (error instanceof SettingError) return new ApiError(400, error.message, { cause: error })
  return koaError(error)
}

/** For a fault of ours, whose details are nobody's business. */
export function internalError(cause: unknown): ApiError {
  return new ApiError(500, 'internal error', { cause })
}

/** The body of every error, in rqbit's shape, and our own `code` beside it. */
export function errorBody(error: ApiError): Record<string, unknown> {
  return {
    error_kind: error.kind,
    human_readable: error.message,
    status: error.status,
    status_text: `${error.status} ${STATUS_CODES[error.status] ?? ''}`.trimEnd(),
    code: error.code,
    ...(error.id === undefined ? {} : { id: error.id }),
  }
}

/** Answers with an error outside Koa. The response must have no headers sent. */
export function sendError(response: ServerResponse, error: ApiError): void {
  const body = JSON.stringify(errorBody(error))
  response.writeHead(error.status, {
    ...error.headers,
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
  })
  response.end(body)
}

/** Errors of Koa and its parts carry a status, and say whether the message may be shown. */
function koaError(error: unknown): ApiError | null {
  if (!(error instanceof Error && 'status' in error && 'expose' in error)) return null
  const { status, expose } = error
  if (typeof status !== 'number' || expose !== true) return null
  return new ApiError(status, error.message, { cause: error })
}
