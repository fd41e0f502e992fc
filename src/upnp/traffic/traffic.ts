import type { Logger } from '../../log.ts'
import { Anonymizer } from './anonymizer.ts'

/** What can be watched: each is a child logger, `soap.traffic`. Descriptions belong to soap. */
export const TRAFFIC_PARTS = ['ssdp', 'soap', 'gena', 'media'] as const
export type TrafficPart = (typeof TRAFFIC_PARTS)[number]

/** A request or an answer as it was on the wire. */
export interface WireMessage {
  /** `POST /upnp/control/content-directory HTTP/1.1`. */
  readonly startLine: string
  /** In the order and case of the wire; names of answers of ours are in small letters, as Node keeps them. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Its beginning. */
  readonly body?: string | undefined
}

export interface Exchange {
  readonly part: TrafficPart
  /** Whether they asked us, or we them. */
  readonly direction: 'received' | 'sent'
  /** Of the other end. */
  readonly address: string
  readonly request: WireMessage
  /** `null` where there is none, and for datagrams. */
  readonly answer: WireMessage | null
}

export interface TrafficSettings {
  /** `true`: logged at debug, whatever the level of the log is. `null`: as the level says. */
  readonly parts: Readonly<Record<TrafficPart, boolean | null>>
  /** Whether addresses and UUIDs are shown as they are. */
  readonly addresses: boolean
}

/** Longer bodies are cut: a page of a folder has some 20 KiB, and nobody reads all of it. */
const MAX_BODY_LENGTH = 4_096
const MAX_HEADERS = 64
const MAX_VALUE_LENGTH = 1_024

/** What nobody is to read in a log. */
const SECRETS: ReadonlySet<string> = new Set(['authorization', 'proxy-authorization', 'cookie'])

export interface TrafficOptions {
  /** It writes at debug whatever the level of the log is. */
  readonly log: Logger
  /** Whether the level of the log is debug or below. */
  readonly isDebugging: boolean
}

/**
 * What is said on the wire, for the log and for whoever listens. It costs nothing while nobody watches;
 * what is watched can be changed at any time.
 */
export class Traffic {
  readonly #loggers: Readonly<Record<TrafficPart, Logger>>
  readonly #isDebugging: boolean
  readonly #anonymizer = new Anonymizer()
  #settings: TrafficSettings = {
    parts: { ssdp: null, soap: null, gena: null, media: null },
    addresses: false,
  }
  #listener: ((exchange: Exchange) => void) | null = null

  constructor({ log, isDebugging }: TrafficOptions) {
    const child = (part: TrafficPart): Logger => log.child({ name: `${part}.traffic` })
    this.#isDebugging = isDebugging
    this.#loggers = {
      ssdp: child('ssdp'),
      soap: child('soap'),
      gena: child('gena'),
      media: child('media'),
    }
  }

  get settings(): TrafficSettings {
    return this.#settings
  }

  /** What is left out stays as it is. */
  watch(settings: {
    readonly parts?: Partial<TrafficSettings['parts']>
    readonly addresses?: boolean
  }): void {
    this.#settings = {
      parts: { ...this.#settings.parts, ...settings.parts },
      addresses: settings.addresses ?? this.#settings.addresses,
    }
  }

  /** Hears every exchange, without real addresses; `null` ends that. */
  listen(listener: ((exchange: Exchange) => void) | null): void {
    this.#listener = listener
  }

  /** Whether it is worth the while to tell. */
  isWatched(part: TrafficPart): boolean {
    return this.#listener !== null || this.#isLogged(part)
  }

  #isLogged(part: TrafficPart): boolean {
    return this.#settings.parts[part] ?? this.#isDebugging
  }

  note(exchange: Exchange): void {
    if (!this.isWatched(exchange.part)) return
    const bounded = {
      ...exchange,
      request: bound(exchange.request),
      answer: bound(exchange.answer),
    }
    const anonymous = this.#anonymizer.exchange(bounded)
    this.#listener?.(anonymous)
    if (!this.#isLogged(exchange.part)) return
    const { part, direction, address, request, answer } = this.#settings.addresses
      ? bounded
      : anonymous
    const facts = { direction, address, request: logged(request), answer: logged(answer) }
    this.#loggers[part].debug(facts, request.startLine)
  }
}

function bound<Message extends WireMessage | null>(message: Message): Message {
  if (message === null) return message
  const headers = message.headers
    .slice(0, MAX_HEADERS)
    .map(([name, value]) => [
      name,
      SECRETS.has(name.toLowerCase()) ? '(secret)' : value.slice(0, MAX_VALUE_LENGTH),
    ])
  const body = message.body?.slice(0, MAX_BODY_LENGTH)
  return { ...message, startLine: message.startLine.slice(0, MAX_VALUE_LENGTH), headers, body }
}

function logged(message: WireMessage | null): Record<string, unknown> | null {
  if (message === null) return null
  const { startLine, headers, body } = message
  return { startLine, headers: Object.fromEntries(headers), ...(body ? { body } : {}) }
}
