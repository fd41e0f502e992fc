const LABEL = /^[a-z\d_]([a-z\d_-]{0,61}[a-z\d_])?$/

/**
 * Reads a host name, or `*.` and a name for all below it, into lower case without a last dot; `null`
 * for what is neither. A port is no part of it.
 */
export function parseHostPattern(text: string): string | null {
  const pattern = text.trim().toLowerCase().replace(/\.$/, '')
  const name = pattern.startsWith('*.') ? pattern.slice(2) : pattern
  if (name.length > 253 || !name.split('.').every((label) => LABEL.test(label))) return null
  return pattern
}

/** @param name - In lower case, without a last dot. */
export function matchesHost(pattern: string, name: string): boolean {
  return pattern.startsWith('*.') ? name.endsWith(pattern.slice(1)) : name === pattern
}
