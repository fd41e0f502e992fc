/** Why a command could not do what it was asked to; the message is one line for a person. */
export class CliError extends Error {
  override readonly name = 'CliError'
}
