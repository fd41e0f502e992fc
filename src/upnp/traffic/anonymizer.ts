import type { Exchange, WireMessage } from './traffic.ts'

/** Addresses and UUIDs that are told apart. */
const MAX_KNOWN = 250

/** Not a part of a version: `Platinum/1.0.5.13`, `UPnP/1.0`. */
const IPV4 = /(^|[^\w./]|\/\/)((?:\d{1,3}\.){3}\d{1,3})(?![\w.])/g
const IPV6_HOST = /\[([\da-f]*:[\da-f:.]+)(?:%25?[\w.]+)?\]/gi
const MAC = /\b[\da-f]{2}(?:[:-][\da-f]{2}){5}\b/gi
const UUID = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/gi

const MAC_REPLACEMENT = '00:00:5e:00:53:01'

/**
 * Puts addresses for documentation (RFC 5737, RFC 3849) and made-up UUIDs in place of real ones, always
 * the same for the same. Names that people have given to their devices stay: they tell the model.
 */
export class Anonymizer {
  readonly #addresses = new Map<string, number>()
  readonly #uuids = new Map<string, number>()

  exchange(exchange: Exchange): Exchange {
    return {
      ...exchange,
      address: this.#address(exchange.address),
      request: this.#message(exchange.request),
      answer: exchange.answer === null ? null : this.#message(exchange.answer),
    }
  }

  text(text: string): string {
    return text
      .replace(IPV4, (_match, before: string, address: string) => before + this.#address(address))
      .replace(IPV6_HOST, (_match, address: string) => `[${this.#address(address)}]`)
      .replace(MAC, MAC_REPLACEMENT)
      .replace(UUID, (uuid) => {
        const number = numberOf(this.#uuids, uuid.toLowerCase())
        return `00000000-0000-0000-0000-${number.toString(16).padStart(12, '0')}`
      })
  }

  #message({ startLine, headers, body }: WireMessage): WireMessage {
    return {
      startLine: this.text(startLine),
      headers: headers.map(([name, value]) => [name, this.text(value)] as const),
      body: body === undefined ? undefined : this.text(body),
    }
  }

  #address(address: string): string {
    const number = numberOf(this.#addresses, address.toLowerCase())
    return address.includes(':') ? `2001:db8::${number.toString(16)}` : `192.0.2.${number}`
  }
}

/** From 1; all that are too many share the last number. */
function numberOf(known: Map<string, number>, name: string): number {
  const number = known.get(name) ?? known.size + 1
  if (number <= MAX_KNOWN) known.set(name, number)
  return number
}
