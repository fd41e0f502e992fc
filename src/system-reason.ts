/** What an error of the system means, for a person: without its code, the call and the path. */
export function systemReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const [, reason = message] = /^[A-Z][A-Z\d_]+: (.+?), \w+(?: '.*)?$/s.exec(message) ?? []
  return reason
}
