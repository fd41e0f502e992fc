/**
 * A URL, or `null` for what is none. By trying: `URL.canParse` of Node 20 says yes to some that the
 * constructor throws on (`http:\xe1\x84\x80//host`).
 */
export function parseUrl(text: string, base?: URL): URL | null {
  try {
    return new URL(text, base)
  } catch {
    return null
  }
}
