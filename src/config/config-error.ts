/** Something in the arguments or the environment is wrong; the message is one line and names it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}
