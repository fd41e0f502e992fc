export interface CliErrorOptions extends ErrorOptions {
  /** What there is to choose from, a line each. */
  readonly list?: readonly string[]
}

/** Why a command could not do what it was asked to, in one line for a person; perhaps with a list below. */
export class CliError extends Error {
  override readonly name = 'CliError'
  /** Of the message. */
  readonly lines: readonly string[]

  constructor(message: string, { list = [], ...options }: CliErrorOptions = {}) {
    const lines = [message, ...list]
    super(lines.join('\n'), options)
    this.lines = lines
  }
}
