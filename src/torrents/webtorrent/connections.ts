import type Peer from 'webtorrent/lib/peer.js'
import type { MaxConnections } from '../swarm/swarm.ts'

/** How many there may be; each at least 1. */
export interface ConnectionLimits extends MaxConnections {
  /** Whom nobody may call from, or dial; none when absent. */
  readonly isBlocked?: ((host: string) => boolean) | undefined
}

export const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = { total: 200, perTorrent: 50 }

/** Of both limits, what is kept for peers that we dial: strangers must not take all. */
const RESERVED_FOR_DIALLING = 0.25
/** Of all connections, what dials without a handshake may have: others must get through meanwhile. */
const SHARE_OF_DIALS = 0.75
/** Dials without a handshake, for each peer that there is room for: in a real swarm most are dead. */
const DIALS_FOR_A_PLACE = 3
/** Callers that have not shaken hands yet; a further one takes the place of the oldest. */
export const MAX_HALF_OPEN = 100
export const MAX_HALF_OPEN_PER_ADDRESS = 16
/** Callers of one torrent from one address: a household, or a proxy. This machine is not counted. */
export const MAX_CALLERS_PER_ADDRESS = 8

/** Stands for a torrent, by being itself. */
type TorrentKey = object

export interface Caller {
  readonly host: string
  readonly close: () => void
}

/** One that we dial; webtorrent's can be destroyed. */
export interface DialledPeer {
  destroy?(): void
}

interface Dialled extends Pick<Caller, 'host' | 'close'> {
  readonly torrent: TorrentKey
}

export interface DialOptions {
  /** Its address without a port. */
  readonly host?: string
  /** Told when it is destroyed. */
  readonly onEnd?: () => void
}

/** Who wants to dial, and is told when it may be possible again. */
export interface Dialler {
  /** True where it dialled somebody. */
  dialNext(): boolean
}

/** Counts the connections of all torrents of one client, and says which more there may be. */
export class Connections {
  #limits: ConnectionLimits
  /** Of single torrents, in place of what holds for each. */
  readonly #ownLimits = new WeakMap<TorrentKey, number>()
  /** Oldest first. */
  readonly #halfOpen = new Set<Caller>()
  readonly #callers = new Map<Caller, TorrentKey>()
  readonly #dialled = new Map<TorrentKey, number>()
  /** The same, one by one. */
  readonly #outgoing = new Map<DialledPeer, Dialled>()
  /** Those among the dialled that have not shaken hands. */
  readonly #connecting = new Map<object, TorrentKey>()
  readonly #waiting = new Set<Dialler>()
  #dialledInAll = 0

  constructor(limits: ConnectionLimits) {
    this.#limits = limits
  }

  get halfOpen(): number {
    return this.#halfOpen.size
  }

  /** Those with a handshake, and those that are being dialled. */
  get count(): number {
    return this.#callers.size + this.#dialledInAll
  }

  /** Whoever is too many from now on is hung up on, those that came last first. */
  limit(limits: MaxConnections): void {
    this.#limits = { ...this.#limits, ...limits }
    for (const torrent of this.#torrents) this.#trim(torrent)
    for (const { close } of this.#met().slice(limits.total)) close()
    this.#offerRoom()
  }

  /** Of one torrent; as all others for `null`. */
  limitTorrent(torrent: TorrentKey, limit: number | null): void {
    if (limit === null) this.#ownLimits.delete(torrent)
    else this.#ownLimits.set(torrent, limit)
    this.#trim(torrent)
    this.#offerRoom()
  }

  /** Who has come to be blocked is hung up on. */
  dropBlocked(): void {
    const all = [...this.#halfOpen, ...this.#met()]
    for (const { host, close } of all) if (this.isBlocked(host)) close()
  }

  /** The owner wants nothing to do with the address. */
  isBlocked(host: string): boolean {
    return this.#limits.isBlocked?.(host) ?? false
  }

  /** Somebody calls: room is made by closing whoever has been silent for longest. */
  called(host: string, close: () => void): Caller {
    const caller = { host, close }
    const ofHost = isLoopback(host) ? [] : [...this.#halfOpen].filter((one) => one.host === host)
    if (ofHost.length >= MAX_HALF_OPEN_PER_ADDRESS) this.#dropOldest(ofHost)
    if (this.#halfOpen.size >= MAX_HALF_OPEN) this.#dropOldest(this.#halfOpen)
    this.#halfOpen.add(caller)
    return caller
  }

  /** A caller has said which torrent it wants. False where there is no room for it. */
  admit(caller: Caller, torrent: TorrentKey): boolean {
    this.#halfOpen.delete(caller)
    if (this.#callers.has(caller)) return true
    const { total } = this.#limits
    const perTorrent = this.#limitOf(torrent)
    const ofTorrent = [...this.#callers].filter(([, key]) => key === torrent)
    const ofHost = ofTorrent.filter(([{ host }]) => host === caller.host)
    const isFull =
      this.#callers.size >= forCallers(total) ||
      this.count >= total ||
      ofTorrent.length >= forCallers(perTorrent) ||
      ofTorrent.length + this.#metOf(torrent) >= perTorrent ||
      (ofHost.length >= MAX_CALLERS_PER_ADDRESS && !isLoopback(caller.host))
    if (isFull) return false
    this.#callers.set(caller, torrent)
    return true
  }

  gone(caller: Caller): void {
    this.#halfOpen.delete(caller)
    if (this.#callers.delete(caller)) this.#offerRoom()
  }

  /**
   * Dials take part in the limit of a torrent only once hands are shaken: most addresses of a swarm
   * are dead, and would keep the living out for as long as they are waited for.
   */
  mayDial(torrent: TorrentKey): boolean {
    const { total } = this.#limits
    if (this.count >= total || this.#connecting.size >= total * SHARE_OF_DIALS) return false
    return this.#connectingOf(torrent) < DIALS_FOR_A_PLACE * this.#placesOf(torrent)
  }

  /** Hands are shaken with one that was dialled. False where there is no place for it any more. */
  met(torrent: TorrentKey, peer: object): boolean {
    if (!this.#connecting.has(peer)) return true
    const hasPlace = this.#placesOf(torrent) > 0
    this.#connecting.delete(peer)
    if (hasPlace) this.#offerRoom()
    return hasPlace
  }

  /** A peer is being dialled; it counts until it is destroyed, which `onEnd` is told. */
  dialled(
    torrent: TorrentKey,
    peer: DialledPeer,
    { host = '', onEnd = () => {} }: DialOptions = {},
  ): void {
    this.#outgoing.set(peer, { host, torrent, close: () => peer.destroy?.() })
    this.#dialled.set(torrent, this.#dialledOf(torrent) + 1)
    this.#dialledInAll++
    this.#connecting.set(peer, torrent)
    whenDestroyed(peer, () => {
      this.#outgoing.delete(peer)
      const left = this.#dialledOf(torrent) - 1
      if (left === 0) this.#dialled.delete(torrent)
      else this.#dialled.set(torrent, left)
      this.#dialledInAll--
      this.#connecting.delete(peer)
      onEnd()
      this.#offerRoom()
    })
  }

  /** Is asked to dial, in turn with others, when there is room. */
  wait(dialler: Dialler): void {
    this.#waiting.add(dialler)
  }

  #offerRoom(): void {
    for (const dialler of [...this.#waiting]) {
      if (this.count >= this.#limits.total) return
      this.#waiting.delete(dialler)
      dialler.dialNext()
    }
  }

  #limitOf(torrent: TorrentKey): number {
    return this.#ownLimits.get(torrent) ?? this.#limits.perTorrent
  }

  get #torrents(): Set<TorrentKey> {
    return new Set([...this.#callers.values(), ...this.#dialled.keys()])
  }

  /** Hands are shaken with these, of a torrent if one is named. */
  #met(torrent?: TorrentKey): Pick<Caller, 'host' | 'close'>[] {
    const callers = [...this.#callers].filter(([, key]) => torrent === undefined || key === torrent)
    const dialled = [...this.#outgoing].filter(
      ([peer, one]) =>
        !this.#connecting.has(peer) && (torrent === undefined || one.torrent === torrent),
    )
    return [...dialled.map(([, one]) => one), ...callers.map(([caller]) => caller)]
  }

  #trim(torrent: TorrentKey): void {
    for (const { close } of this.#met(torrent).slice(this.#limitOf(torrent))) close()
  }

  #dropOldest(callers: Iterable<Caller>): void {
    for (const oldest of callers) {
      this.#halfOpen.delete(oldest)
      oldest.close()
      return
    }
  }

  /** For peers that have not shaken hands yet. */
  #placesOf(torrent: TorrentKey): number {
    let callers = 0
    for (const key of this.#callers.values()) if (key === torrent) callers++
    return this.#limitOf(torrent) - callers - this.#metOf(torrent)
  }

  /** Dialled, and hands shaken. */
  #metOf(torrent: TorrentKey): number {
    return this.#dialledOf(torrent) - this.#connectingOf(torrent)
  }

  #connectingOf(torrent: TorrentKey): number {
    let connecting = 0
    for (const key of this.#connecting.values()) if (key === torrent) connecting++
    return connecting
  }

  #dialledOf(torrent: TorrentKey): number {
    return this.#dialled.get(torrent) ?? 0
  }
}

/** This machine, under whichever of its names. */
function isLoopback(host: string): boolean {
  return host === '::1' || host.startsWith('127.')
}

function forCallers(limit: number): number {
  return Math.max(1, Math.floor(limit * (1 - RESERVED_FOR_DIALLING)))
}

const connections = new WeakMap<object, Connections>()
const UNLIMITED = { total: Number.POSITIVE_INFINITY, perTorrent: Number.POSITIVE_INFINITY }

/** Those of a client of webtorrent. */
export function connectionsOf(client: object): Connections {
  const known = connections.get(client)
  if (known !== undefined) return known
  const unlimited = new Connections(UNLIMITED)
  connections.set(client, unlimited)
  return unlimited
}

/** Sets the limits of a client; `connectionsOf` finds them from then on. */
export function limitConnections(client: object, limits: ConnectionLimits): Connections {
  const limited = new Connections(limits)
  connections.set(client, limited)
  return limited
}

const destructions = new WeakMap<object, () => void>()

/** Called once, when webtorrent destroys its peer: whatever has become of it, it ends so. */
export function whenDestroyed(peer: object, callback: () => void): void {
  destructions.set(peer, callback)
}

/** Tells whoever asked by `whenDestroyed`, once. */
export function tellDestroyed(peer: Peer): void {
  const callback = destructions.get(peer)
  destructions.delete(peer)
  callback?.()
}
