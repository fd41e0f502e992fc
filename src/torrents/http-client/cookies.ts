import { isIP } from 'node:net'

interface Cookie {
  readonly name: string
  readonly value: string
  /** The host that it is for, and its subdomains unless `isHostOnly`. */
  readonly domain: string
  readonly isHostOnly: boolean
  readonly isSecure: boolean
}

const MAX_COOKIES = 20
const MAX_COOKIE_BYTES = 4_096

/**
 * Cookies of one chain of redirects (RFC 6265, without paths and dates: the chain takes seconds).
 * They go to nobody but whom they are for, and are forgotten with the chain.
 */
export class Cookies {
  #cookies: Cookie[] = []

  /** Takes `Set-Cookie` headers of an answer from `url`. What is malformed is left out. */
  take(url: URL, headers: readonly string[]): void {
    for (const header of headers.slice(0, MAX_COOKIES)) {
      const cookie = parseCookie(url, header)
      if (cookie === null) continue
      const { name, domain } = cookie
      this.#cookies = this.#cookies.filter(
        (other) => other.name !== name || other.domain !== domain,
      )
      this.#cookies = [...this.#cookies, cookie].slice(-MAX_COOKIES)
    }
  }

  /** The `Cookie` header for a request to `url`; `null` where there is none. */
  headerFor({ hostname, protocol }: URL): string | null {
    const fitting = this.#cookies.filter(
      ({ domain, isHostOnly, isSecure }) =>
        (hostname === domain || (!isHostOnly && hostname.endsWith(`.${domain}`))) &&
        (!isSecure || protocol === 'https:'),
    )
    return fitting.length === 0
      ? null
      : fitting.map(({ name, value }) => `${name}=${value}`).join('; ')
  }
}

function parseCookie({ hostname }: URL, header: string): Cookie | null {
  if (header.length > MAX_COOKIE_BYTES) return null
  const [pair = '', ...attributes] = header.split(';')
  const [, name, value] = /^\s*([^\s=;,]+)\s*=\s*([\x21-\x7e]*)\s*$/.exec(pair) ?? []
  if (name === undefined || value === undefined) return null
  const named = attributes.map((attribute) => attribute.trim().split('='))
  const domain = named
    .findLast(([key = '']) => key.toLowerCase() === 'domain')?.[1]
    ?.replace(/^\./, '')
    .toLowerCase()
  const isSecure = named.some(([key = '']) => key.toLowerCase() === 'secure')
  if (domain === undefined || domain === '' || domain === hostname) {
    return { name, value, domain: hostname, isHostOnly: domain !== hostname, isSecure }
  }
  // Whole countries are no owner of a cookie, and addresses have no subdomains.
  const isParent = domain.includes('.') && isIP(domain) === 0 && hostname.endsWith(`.${domain}`)
  return isParent ? { name, value, domain, isHostOnly: false, isSecure } : null
}
