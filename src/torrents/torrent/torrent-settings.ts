import { applyLimits, changedLimits, type Limits, NO_LIMITS } from '../rates/limits.ts'
import type { OwnSeedingGoal } from '../state/seeding.ts'
import type { TorrentRecord } from '../state/session-record.ts'
import { requireConnections } from '../swarm/max-connections.ts'
import { SeedingTally } from './seeding-tally.ts'
import type { TorrentHost } from './torrent-host.ts'

/** What holds one torrent back. */
export interface TorrentLimits extends Limits {
  /** Peers at once; `null`: as many as the session lets each have. */
  readonly maxConnections: number | null
}

/** Where the number of peers is held. */
interface Connected {
  maxConnections: number | null
}

/**
 * What a person asks of one torrent apart from its files: how fast, how long it seeds, whether it is kept. What cannot be
 * saved is not changed.
 */
export class TorrentSettings {
  readonly seedingTally: SeedingTally
  readonly #host: TorrentHost
  readonly #connected: Connected
  #limits: Limits
  #isKept: boolean

  constructor(host: TorrentHost, connected: Connected, { limits, keep, seeding }: TorrentRecord) {
    this.#host = host
    this.#connected = connected
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

  /**
   * Changes those that are named, also for later runs. Rejects with TorrentError `bad-limit`, or with StorageError;
   * nothing is changed then.
   */
  async setLimits(change: Partial<TorrentLimits>): Promise<void> {
    const limits = changedLimits(this.#limits, change)
    const { maxConnections = this.#connected.maxConnections } = change
    if (maxConnections !== null) requireConnections(maxConnections)
    await this.#host.change<TorrentLimits>('limits', {
      current: () => ({ ...this.#limits, maxConnections: this.#connected.maxConnections }),
      make: () => this.#apply({ ...limits, maxConnections }),
      undo: (before) => this.#apply(before),
    })
  }

  #apply({ maxConnections, ...limits }: TorrentLimits): void {
    this.#limits = limits
    applyLimits(limits, this.#host.throttles)
    this.#connected.maxConnections = maxConnections
  }

  get keep(): boolean {
    return this.#isKept
  }

  /** Also for later runs. Rejects with StorageError; nothing is changed then. */
  async setKeep(keep: boolean): Promise<void> {
    await this.#host.change('keep', {
      current: () => this.#isKept,
      make: () => {
        this.#isKept = keep
        this.#host.changed()
      },
      undo: (before) => {
        this.#isKept = before
      },
    })
  }

  get seeding(): OwnSeedingGoal {
    const { ratio, minutes } = this.seedingTally.record
    return { ratio, minutes }
  }

  /**
   * Changes what is named, also for later runs. Rejects with TorrentError `bad-limit`, or with StorageError; nothing is
   * changed then.
   */
  async setSeeding(goal: Partial<OwnSeedingGoal>): Promise<void> {
    const { seedingTally } = this
    await this.#host.change('seeding', {
      current: () => ({ ...this.seeding, isEndless: seedingTally.record.isEndless }),
      make: () => seedingTally.change(goal),
      undo: ({ isEndless, ...before }) => {
        seedingTally.change(before)
        seedingTally.isEndless = isEndless
      },
    })
  }
}
