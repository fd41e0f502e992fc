import { parseUrl } from '../../parse-url.ts'

/** A parameter of a magnet URI: its key in lower case without a number, its value still encoded. */
export interface MagnetParameter {
  readonly key: string
  readonly value: string
}

const LINE_BREAK = /[\r\n]+[ \t]*/g
/** What people and pages put around a link, on either side. */
const WRAPPING = /[\s"'`<>\u00ab\u00bb\u2018-\u201f\u2039\u203a\ufeff\u200b]/
/** Ampersands of HTML, escaped once or more. */
const ESCAPED_AMPERSAND = /&(?:amp;|#0*38;|#x0*26;)+/gi

/** A magnet URI, URL or info hash without the quotes, brackets and line breaks that came with it. */
export function unwrapLink(text: string): string {
  const line = text.replace(LINE_BREAK, '')
  let start = 0
  let end = line.length
  while (start < end && WRAPPING.test(line.charAt(start))) start++
  while (end > start && WRAPPING.test(line.charAt(end - 1))) end--
  return line.slice(start, end)
}

/** True for `magnet:` in any writing, the whole of it percent-encoded too. */
export function isMagnet(link: string): boolean {
  return /^magnet(?::|%3a)/i.test(link)
}

/** Parameters of a magnet URI in order: of HTML, without `?`, with `//`, `xt.1` for `xt`. */
export function magnetParameters(link: string): MagnetParameter[] {
  const uri = /^magnet%3a/i.test(link) ? percentDecoded(link) : link
  return uri
    .replace(/^magnet:[/?]*/i, '')
    .replace(ESCAPED_AMPERSAND, '&')
    .split('&')
    .map((parameter) => {
      const [key = '', ...rest] = parameter.split('=')
      return {
        key: key
          .trim()
          .toLowerCase()
          .replace(/\.\d+$/, ''),
        value: rest.join('='),
      }
    })
}

/** Text of a value that has no use for white space or a fragment: a hash, an address, a URL. */
export function plainValue(value: string): string {
  const [text = ''] = value.split('#')
  return percentDecoded(text).replace(/\s+/g, '')
}

/** A URL, which some pages encode twice; `null` where it has none of the schemes. */
export function urlValue(value: string, schemes: RegExp): string | null {
  let url = plainValue(value)
  for (let times = 0; times < 3 && /^[a-z]+%(?:25)*3a/i.test(url); times++)
    url = percentDecoded(url)
  return schemes.test(url) && parseUrl(url) !== null ? url : null
}

/** Bytes of a value; what is no percent-encoding stays as it is. */
export function percentDecodedBytes(value: string): Uint8Array {
  const text = Buffer.from(value)
  const bytes: number[] = []
  for (let at = 0; at < text.length; at++) {
    const hex = text.toString('latin1', at, at + 3)
    const isEncoded = /^%[0-9a-f]{2}$/i.test(hex)
    bytes.push(isEncoded ? Number.parseInt(hex.slice(1), 16) : (text[at] ?? 0))
    if (isEncoded) at += 2
  }
  return Uint8Array.from(bytes)
}

function percentDecoded(value: string): string {
  return Buffer.from(percentDecodedBytes(value)).toString('utf8')
}
