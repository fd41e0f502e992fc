import { steadyClock } from '../../clock.ts'
import { Semaphore } from '../../concurrency/semaphore.ts'
import type { Logger } from '../../log.ts'
import { endpointOf } from '../../peer-address.ts'
import type { Binding } from '../binding/binding.ts'
import { HttpClient } from '../http-client/http-client.ts'
import { namesOf } from '../http-client/name-lookup.ts'
import type { Metainfo } from '../metainfo/metainfo.ts'
import type { WireListener } from '../swarm/swarm.ts'
import { WebSeed, type WebSeedSurroundings } from './web-seed.ts'
import type { WebSeedReach } from './web-seed-files.ts'
import { serverOf } from './web-seed-url.ts'

/** Of one torrent; the others take the places of those that are dropped, or rest. */
const SEEDS_AT_ONCE = 4
/** Kept of one torrent, whoever has named them. */
const MAX_SEEDS = 100
/** Of all torrents. */
const REQUESTS_AT_ONCE = 32

/** What all torrents of a session share; `off` where no web seed is to be used. */
export function webSeedSurroundings(
  reach: WebSeedReach | 'off',
  binding: Binding | null,
  log: Logger,
): WebSeedSurroundings | null {
  if (reach === 'off') return null
  const client = new HttpClient(namesOf(binding), binding)
  return { client, reach, room: new Semaphore(REQUESTS_AT_ONCE), clock: steadyClock, log }
}

/** The torrent that they serve, and who uses them. */
export interface WebSeedTarget {
  readonly metainfo: Metainfo
  readonly listener: WireListener
}

const NO_URLS: readonly string[] = []

/** The web seeds of one torrent (BEP 19), which come and go with its swarm. */
export class WebSeeds {
  readonly #surroundings: WebSeedSurroundings | null
  #urls: readonly string[] = NO_URLS
  /** `null` for none, as of all torrents that rest. */
  #dropped: Set<string> | null = null
  #seeds: Map<string, WebSeed> | null = null
  #target: WebSeedTarget | null = null

  /** `null`: they are not used. */
  constructor(surroundings: WebSeedSurroundings | null, urls: readonly string[]) {
    this.#surroundings = surroundings
    this.add(urls)
  }

  /** Those that it was told of, beside those of the torrent file. */
  get urls(): readonly string[] {
    return this.#urls
  }

  add(urls: readonly string[]): void {
    if (urls.length > 0) this.#urls = [...new Set([...this.#urls, ...urls])].slice(0, MAX_SEEDS)
    this.#fill()
  }

  /** They are used from now on. */
  enter(target: WebSeedTarget): void {
    this.leave()
    this.#target = target
    this.#fill()
  }

  leave(): void {
    this.#target = null
    const seeds = [...(this.#seeds?.values() ?? [])]
    this.#seeds = null
    for (const seed of seeds) seed.close()
  }

  /** A peer (`host:port`) lies. False where it is none of these, and was none. */
  ban(peer: string): boolean {
    const isOf = (url: string): boolean => endpointOf(serverOf(url)) === peer
    for (const [url, seed] of this.#seeds ?? []) if (isOf(url)) seed.drop('it sent wrong data')
    return [...(this.#dropped ?? [])].some(isOf)
  }

  #fill(): void {
    const [surroundings, target] = [this.#surroundings, this.#target]
    if (surroundings === null || target === null) return
    this.#seeds ??= new Map()
    const seeds = this.#seeds
    for (const url of new Set([...target.metainfo.webSeeds, ...this.#urls])) {
      if ([...seeds.values()].filter(({ isWorking }) => isWorking).length >= SEEDS_AT_ONCE) return
      if (this.#dropped?.has(url)) continue
      const seed = seeds.get(url) ?? this.#newSeed(url, surroundings, target)
      seeds.set(url, seed)
      seed.work()
    }
  }

  #newSeed(url: string, surroundings: WebSeedSurroundings, target: WebSeedTarget): WebSeed {
    return new WebSeed({
      ...surroundings,
      ...target,
      url,
      onDropped: () => {
        this.#dropped ??= new Set()
        this.#dropped.add(url)
        this.#seeds?.delete(url)
        this.#fill()
      },
      onRest: () => this.#fill(),
    })
  }
}
