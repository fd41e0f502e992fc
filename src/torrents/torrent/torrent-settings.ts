import { applyLimits, changedLimits, type Limits, NO_LIMITS } from '../rates/limits.ts'
import type { OwnSeedingGoal } from '../state/seeding.ts'
import type { TorrentRecord } from '../state/session-record.ts'
import { SeedingTally } from './seeding-tally.ts'
import type { TorrentHost } from './torrent-host.ts'

/** What a person asks of one torrent apart from its files: how fast, how long it seeds, whether it is kept. */
export class TorrentSettings {
  readonly seedingTally: SeedingTally
  readonly #host: TorrentHost
  #limits: Limits
  #isKept: boolean

  constructor(host: TorrentHost, { limits, keep, seeding }: TorrentRecord) {
    this.#host = host
    this.seedingTally = new SeedingTally(seeding)
    this.#limits = limits ?? NO_LIMITS
    applyLimits(this.#limits, host.throttles)
    this.#isKept = keep ?? false
  }

  /** As a restart needs them. */
  get record(): Pick<TorrentRecord, 'limits' | 'keep' | 'seeding'> {
    return {
      limits: this.#limits,
      keep: this.#isKept || undefined,
      seeding: this.seedingTally.record,
    }
  }

  get limits(): Limits {
    return this.#limits
  }

  /** Changes those that are named, also for later runs. Throws TorrentError `bad-limit`. */
  async setLimits(change: Partial<Limits>): Promise<void> {
    this.#limits = changedLimits(this.#limits, change)
    applyLimits(this.#limits, this.#host.throttles)
    await this.#host.save()
  }

  get keep(): boolean {
    return this.#isKept
  }

  /** Also for later runs. Rejects with the system's error. */
  async setKeep(keep: boolean): Promise<void> {
    this.#isKept = keep
    this.#host.changed()
    await this.#host.save()
  }

  get seeding(): OwnSeedingGoal {
    const { ratio, minutes } = this.seedingTally.record
    return { ratio, minutes }
  }

  /** Changes what is named, also for later runs. Throws TorrentError `bad-limit`. */
  async setSeeding(goal: Partial<OwnSeedingGoal>): Promise<void> {
    this.seedingTally.change(goal)
    await this.#host.save()
  }
}
