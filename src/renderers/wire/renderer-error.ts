/** What went wrong with a renderer: each is told to a person, and ends nothing else. */
export type RendererFault =
  /** Nobody is there, or the connection broke. */
  | 'unreachable'
  /** It is there, and does not answer in time. */
  | 'silent'
  /** It says no. */
  | 'refused'
  /** What it answers cannot be read. */
  | 'unreadable'
  /** It has no such service or action. */
  | 'unsupported'
  /** Too much is asked of it at once. */
  | 'busy'
  /** There is no such renderer, or nothing of the kind to be played. */
  | 'unknown'

export interface RendererErrorOptions extends ErrorOptions {
  /** UPnPError's errorCode, where it sent one. */
  readonly upnpCode?: number | null
}

/** The message is for people and says what a renderer did: `refuses Play: 701 (transition not available)`. */
export class RendererError extends Error {
  readonly kind: RendererFault
  readonly upnpCode: number | null

  constructor(kind: RendererFault, message: string, options: RendererErrorOptions = {}) {
    super(message, options)
    this.name = 'RendererError'
    this.kind = kind
    this.upnpCode = options.upnpCode ?? null
  }
}

/** Any error as one of a renderer. */
export function asRendererError(error: unknown): RendererError {
  if (error instanceof RendererError) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new RendererError('unreachable', `cannot be reached: ${reason}`, { cause: error })
}

/** It answered, and said no. */
export function isRefusal(error: unknown): error is RendererError {
  return error instanceof RendererError && error.kind === 'refused'
}
