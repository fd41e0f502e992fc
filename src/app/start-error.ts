/** The server cannot start with what it was given; the message is one line for a person. */
export class StartError extends Error {
  override readonly name = 'StartError'
}
