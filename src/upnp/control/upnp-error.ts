/**
 * Faults of actions: UPnP Device Architecture 1.0, 3.2.2 (4xx, 501, 601, 603), ContentDirectory:1, 2.7 (701 to
 * 705, 708, 710, 720) and ConnectionManager:1, 2.4 (706). The texts go to the control point.
 */
const DESCRIPTIONS = {
  /** No such action in this service. */
  401: 'Invalid Action',
  /** An argument is missing, has the wrong type, or is none of the values allowed. */
  402: 'Invalid Args',
  501: 'Action Failed',
  601: 'Argument Value Out of Range',
  /** No room to store something; may pass. */
  603: 'Out of Memory',
  701: 'No such object',
  /** What the control point believes to be there is not. */
  702: 'Invalid current tag value',
  703: 'Invalid new tag value',
  705: 'Read only tag',
  706: 'Invalid connection reference',
  708: 'Unsupported or invalid search criteria',
  /** Of Search; Browse says 701. */
  710: 'No such container',
  /** Too much to do, or an error of our own. */
  720: 'Cannot process the request',
} as const

export type UpnpErrorCode = keyof typeof DESCRIPTIONS

export interface UpnpErrorOptions extends ErrorOptions {
  /** What the control point is told besides the code's own words; nothing when absent. */
  readonly detail?: string
}

/** An action failed. The message is for our log and names the value that was wrong. */
export class UpnpError extends Error {
  readonly errorCode: UpnpErrorCode
  readonly #detail: string | null

  constructor(errorCode: UpnpErrorCode, message: string, options: UpnpErrorOptions = {}) {
    super(message, options)
    this.name = 'UpnpError'
    this.errorCode = errorCode
    this.#detail = options.detail ?? null
  }

  get errorDescription(): string {
    const description = DESCRIPTIONS[this.errorCode]
    return this.#detail === null ? description : `${description}: ${this.#detail}`
  }
}
