import SsdpHeader from 'node-ssdp/lib/ssdpHeader.js'
import type { NotificationTarget } from '../description/names.ts'
import { type Scope, SSDP_HOSTS } from './ssdp-group.ts'

const BOOT_ID = 'BOOTID.UPNP.ORG'

/** The longest that a search may let its answers take, whatever its MX says. */
const LONGEST_MAX_WAIT_SECONDS = 5

/** What an advertisement and an answer to a search say beside their target. */
export interface Presence {
  /** The group: where an advertisement goes. */
  readonly scope: Scope
  /** Absolute URL of the device description, with an address of the link it leaves by. */
  readonly location: string
  /** The SERVER header. */
  readonly server: string
  /** How long a control point may believe this. */
  readonly maxAgeSeconds: number
  /** BOOTID.UPNP.ORG (UDA 1.1, 1.2.2): larger after each start and each change of addresses. */
  readonly bootId: number
}

/** Says that a target is there, and for how long (UPnP Device Architecture 1.1, 1.2.2). */
export function aliveMessage(target: NotificationTarget, presence: Presence): Buffer {
  return new SsdpHeader('NOTIFY', {
    HOST: SSDP_HOSTS[presence.scope],
    'CACHE-CONTROL': `max-age=${presence.maxAgeSeconds}`,
    LOCATION: presence.location,
    NT: target.notificationTarget,
    NTS: 'ssdp:alive',
    SERVER: presence.server,
    USN: target.usn,
    [BOOT_ID]: `${presence.bootId}`,
  }).toBuffer()
}

/** Says that what is alive here goes on under another BOOTID, and has not been away (UDA 1.1, 1.2.4). */
export function updateMessage(
  target: NotificationTarget,
  { scope, location, bootId }: Presence,
  nextBootId: number,
): Buffer {
  return new SsdpHeader('NOTIFY', {
    HOST: SSDP_HOSTS[scope],
    LOCATION: location,
    NT: target.notificationTarget,
    NTS: 'ssdp:update',
    USN: target.usn,
    [BOOT_ID]: `${bootId}`,
    'NEXTBOOTID.UPNP.ORG': `${nextBootId}`,
  }).toBuffer()
}

/** Says that a target goes away (UPnP Device Architecture 1.1, 1.2.3). */
export function byebyeMessage(target: NotificationTarget, scope: Scope): Buffer {
  return new SsdpHeader('NOTIFY', {
    HOST: SSDP_HOSTS[scope],
    NT: target.notificationTarget,
    NTS: 'ssdp:byebye',
    USN: target.usn,
  }).toBuffer()
}

/** The answer to a search; it goes to the searcher alone. */
export function searchResponse(target: NotificationTarget, presence: Presence, now: Date): Buffer {
  const headers = {
    'CACHE-CONTROL': `max-age=${presence.maxAgeSeconds}`,
    DATE: now.toUTCString(),
    EXT: '',
    LOCATION: presence.location,
    SERVER: presence.server,
    ST: target.notificationTarget,
    USN: target.usn,
    [BOOT_ID]: `${presence.bootId}`,
    'Content-Length': '0',
  }
  return new SsdpHeader('200 OK', headers, true).toBuffer()
}

export interface SsdpMessage {
  readonly kind: 'search' | 'notify' | 'response'
  /** By name in lower case, without the space around the value. */
  readonly headers: ReadonlyMap<string, string>
}

/** Reads any SSDP message, whatever its line ends; `null` if it is none. */
export function parseSsdpMessage(text: string): SsdpMessage | null {
  const [startLine = '', ...lines] = text.replace(/^[\r\n]+/, '').split(/\r?\n/)
  const kind = kindOf(startLine)
  if (kind === null) return null
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon > 0)
      headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
  }
  return { kind, headers }
}

function kindOf(startLine: string): SsdpMessage['kind'] | null {
  if (/^M-SEARCH \* HTTP\/1\.\d\s*$/i.test(startLine)) return 'search'
  if (/^NOTIFY \* HTTP\/1\.\d\s*$/i.test(startLine)) return 'notify'
  return /^HTTP\/1\.\d 200\b/i.test(startLine) ? 'response' : null
}

export interface Search {
  /** The ST header. */
  readonly searchTarget: string
  /** The MX header in seconds, 1 to 5. Unicast and Windows Explorer's searches have none: 1. */
  readonly maxWaitSeconds: number
}

/** Reads an M-SEARCH (UDA 1.0, 1.2.2); `null` for what is no search or asks for nothing. */
export function parseSearch(text: string): Search | null {
  const message = parseSsdpMessage(text)
  if (message?.kind !== 'search') return null
  const man = unquoted(message.headers.get('man') ?? '')
  const searchTarget = unquoted(message.headers.get('st') ?? '')
  if (man.toLowerCase() !== 'ssdp:discover' || searchTarget === '') return null
  const maxWait = Number.parseInt(message.headers.get('mx') ?? '', 10)
  const maxWaitSeconds = maxWait >= 1 ? Math.min(maxWait, LONGEST_MAX_WAIT_SECONDS) : 1
  return { searchTarget, maxWaitSeconds }
}

function unquoted(value: string): string {
  return value.replace(/^(["'])(.*)\1$/, '$2')
}
