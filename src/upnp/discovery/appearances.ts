import { Appearance, type AppearanceOptions } from './appearance.ts'
import type { InterfaceAddress } from './network-interfaces.ts'
import { isSameAddress, isSameLink, type Place, placesOf } from './place.ts'

/** What came of a look at the interfaces. */
export interface Followed {
  /** Somewhere nobody has been told of us yet. */
  readonly hasNew: boolean
  /** Ours no more, and still open: nobody else speaks for us there. The caller closes them. */
  readonly unwanted: readonly Appearance[]
}

/** One appearance for each place, through all that happens to the interfaces; owner of them all. */
export class Appearances {
  readonly #options: Omit<AppearanceOptions, 'place'>
  /** Announced addresses that failed at the last look, so that each is complained of once. */
  #failing: ReadonlySet<string> = new Set()
  #all: readonly Appearance[] = []
  #isClosed = false

  constructor(options: Omit<AppearanceOptions, 'place'>) {
    this.#options = options
  }

  get all(): readonly Appearance[] {
    return this.#all
  }

  get places(): readonly Place[] {
    return this.#all.map(({ place }) => place)
  }

  /**
   * Opens, keeps and closes what the addresses ask for; `null` is all as it was. To be called again only
   * when it has resolved.
   */
  async follow(addresses: readonly InterfaceAddress[] | null): Promise<Followed> {
    const before = this.#all
    const places = addresses === null ? this.places : placesOf(addresses, this.places)
    const followed = await Promise.all(places.map((place) => this.#at(place)))
    const after = followed.flatMap((appearance) => appearance ?? [])
    const lost = before.filter((appearance) => !after.includes(appearance))
    if (this.#isClosed) {
      for (const appearance of after) appearance.close()
      return { hasNew: false, unwanted: [] }
    }
    this.#all = after
    this.#failing = new Set(places.filter((_, at) => followed[at] === null).map(announcedAddress))
    const unwanted = lost.filter(({ place }) => !places.some((other) => isSameLink(place, other)))
    for (const appearance of lost) this.#lose(appearance, unwanted)
    return { hasNew: after.some((appearance) => !before.includes(appearance)), unwanted }
  }

  /** Joins all groups anew, which a suspend may have ended. */
  rejoin(): void {
    for (const appearance of this.#all) {
      try {
        appearance.rejoin()
      } catch (error) {
        this.#options.log.debug({ err: error }, 'cannot join the ssdp group yet')
      }
    }
  }

  close(): void {
    this.#isClosed = true
    for (const appearance of this.#all) appearance.close()
  }

  /** The one that is there already, if it is still heard; else a new one. */
  async #at(place: Place): Promise<Appearance | null> {
    const known = this.#all.find((one) => isSamePlace(one.place, place))
    if (known !== undefined && (await known.keepUp(place))) return known
    const { name, address } = place.announced
    const { log } = this.#options
    try {
      const appearance = await Appearance.open({ ...this.#options, place })
      log.info({ interface: name, location: appearance.location }, 'advertising')
      return appearance
    } catch (error) {
      const level = this.#failing.has(address) ? 'debug' : 'warn'
      log[level]({ err: error, interface: name, address }, 'cannot advertise here yet')
      return null
    }
  }

  #lose(appearance: Appearance, unwanted: readonly Appearance[]): void {
    if (!unwanted.includes(appearance)) appearance.close()
    const { name, address } = appearance.place.announced
    this.#options.log.info({ interface: name, address }, 'not advertising there any more')
  }
}

function isSamePlace(a: Place, b: Place): boolean {
  return a.scope === b.scope && isSameAddress(a.announced, b.announced)
}

function announcedAddress({ announced }: Place): string {
  return announced.address
}
