import { errorCode } from '../../error-code.ts'

/** Why there is no answer, in words for people. No URL and no password is in it. */
export class HttpClientError extends Error {
  override readonly name = 'HttpClientError'
}

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name cannot be found (ENOTFOUND)',
  EAI_AGAIN: 'its name cannot be looked up now (EAI_AGAIN)',
  EPROTO: 'it does not speak TLS as we do (EPROTO)',
  ECONNRESET: 'it hung up (ECONNRESET)',
  ECONNREFUSED: 'nobody listens there (ECONNREFUSED)',
  ERR_BUFFER_TOO_LARGE: 'it is too large when it is decompressed',
}

/** The system's errors name hosts and ports, and nothing else of the URL. */
export function inWords(error: unknown): HttpClientError {
  if (error instanceof HttpClientError) return error
  const [first = error] = error instanceof AggregateError ? error.errors : [error]
  const message =
    WORDS[errorCode(first)] ?? (first instanceof Error ? first.message : String(first))
  return new HttpClientError(message, { cause: error })
}
