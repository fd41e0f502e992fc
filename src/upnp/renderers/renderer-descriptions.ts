import { BlockList, isIPv6 } from 'node:net'
import type { Clock } from '../../clock.ts'
import { plainAddress } from '../../ip-address.ts'
import type { Logger } from '../../log.ts'
import { parseUrl } from '../../parse-url.ts'
import { parseXml, type XmlElement } from '../xml/xml-reader.ts'
import type { DescriptionSigns } from './renderer-signs.ts'

/** Renderers advertise themselves every few minutes; a firmware changes less often. */
const FRESH_MS = 60 * 60 * 1_000
const MAX_REMEMBERED = 256
const MAX_AT_ONCE = 4
const MAX_DATAGRAM_BYTES = 2_048

const RENDERER = /^NT:\s*urn:schemas-upnp-org:device:MediaRenderer:\d+\s*$/im
const ALIVE = /^NTS:\s*ssdp:alive\s*$/im
const LOCATION = /^LOCATION:\s*(\S+)\s*$/im

/** Where a renderer of a home is; what comes from elsewhere is no business of ours. */
const LAN = new BlockList()
LAN.addSubnet('10.0.0.0', 8)
LAN.addSubnet('172.16.0.0', 12)
LAN.addSubnet('192.168.0.0', 16)
LAN.addSubnet('169.254.0.0', 16)
LAN.addSubnet('127.0.0.0', 8)
LAN.addSubnet('fc00::', 7, 'ipv6')
LAN.addSubnet('fe80::', 10, 'ipv6')

/** Gets the text at a URL, of limited length and in limited time, following nothing. */
export type FetchText = (url: URL) => Promise<string>

export interface RendererDescriptionsOptions {
  readonly describe: (address: string, description: DescriptionSigns) => void
  readonly fetchText: FetchText
  readonly clock: Clock
  readonly log: Logger
}

/**
 * Fetches the device descriptions of media renderers when their advertisements are heard: for many, the
 * model's year stands nowhere else. A description is fetched only from the address that the advertisement
 * came from, on the LAN, once in an hour.
 */
export class RendererDescriptions {
  readonly #options: RendererDescriptionsOptions
  /** When each address was last asked; oldest first. */
  readonly #asked = new Map<string, number>()
  #underway = 0

  constructor(options: RendererDescriptionsOptions) {
    this.#options = options
  }

  /** Takes any datagram that came to the SSDP group. */
  hear(datagram: Uint8Array, from: string): void {
    const url = advertisedLocation(datagram, plainAddress(from))
    if (url === null || !this.#isDue(url)) return
    this.#underway++
    void this.#fetch(url).finally(() => this.#underway--)
  }

  #isDue({ hostname }: URL): boolean {
    const now = this.#options.clock.now()
    const askedAt = this.#asked.get(hostname)
    if (this.#underway >= MAX_AT_ONCE) return false
    if (askedAt !== undefined && now - askedAt < FRESH_MS) return false
    this.#asked.delete(hostname)
    this.#asked.set(hostname, now)
    const [oldest] = this.#asked.keys()
    if (this.#asked.size > MAX_REMEMBERED && oldest !== undefined) this.#asked.delete(oldest)
    return true
  }

  async #fetch(url: URL): Promise<void> {
    const { describe, fetchText, log } = this.#options
    try {
      const description = await parseDescription(await fetchText(url))
      log.debug({ url: url.href, ...description }, 'renderer described')
      describe(literalHost(url), description)
    } catch (error) {
      log.debug({ err: error, url: url.href }, 'description of a renderer cannot be read')
    }
  }
}

/** `null` for all but the advertisement of a renderer at an address of the LAN by itself. */
function advertisedLocation(datagram: Uint8Array, from: string): URL | null {
  if (datagram.length > MAX_DATAGRAM_BYTES) return null
  if (!LAN.check(from, isIPv6(from) ? 'ipv6' : 'ipv4')) return null
  const text = new TextDecoder('latin1').decode(datagram)
  if (!text.startsWith('NOTIFY ') || !RENDERER.test(text) || !ALIVE.test(text)) return null
  const url = parseUrl(LOCATION.exec(text)?.[1] ?? '')
  if (url === null || url.protocol !== 'http:' || literalHost(url) !== from) return null
  return url
}

function literalHost({ hostname }: URL): string {
  return plainAddress(hostname.replace(/^\[|\]$/g, ''))
}

/** The root device's own facts (UPnP Device Architecture 1.0, 2.1). */
async function parseDescription(xml: string): Promise<DescriptionSigns> {
  const root = await parseXml(xml)
  const device = childOf(root, 'device')
  const text = (name: string): string | undefined =>
    device && childOf(device, name)?.text.trim().slice(0, 256)
  return {
    manufacturer: text('manufacturer'),
    modelName: text('modelName'),
    modelNumber: text('modelNumber'),
    modelDescription: text('modelDescription'),
    friendlyName: text('friendlyName'),
  }
}

function childOf(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find(({ localName }) => localName === name)
}
