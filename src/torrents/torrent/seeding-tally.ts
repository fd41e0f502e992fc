import {
  checkedGoal,
  NOT_SEEDED,
  type OwnSeedingGoal,
  reachedGoal,
  type SeedingGoal,
  type SeedingRecord,
} from '../state/seeding.ts'
import type { Swarm } from '../swarm/swarm.ts'
import type { TorrentContent } from './torrent-content.ts'

/** Counts how much one torrent is seeded, and says when it is enough. */
export class SeedingTally {
  #record: SeedingRecord
  /** The swarm that it was in when it was looked at last, and what that had sent by then. */
  #seen: { readonly swarm: Swarm; readonly uploadedBytes: number } | null = null
  #seedingSince: number | null = null

  constructor(record: SeedingRecord = NOT_SEEDED) {
    this.#record = record
  }

  get record(): SeedingRecord {
    return this.#record
  }

  /** It was in a swarm when it was looked at last. */
  get isCounting(): boolean {
    return this.#seen !== null || this.#seedingSince !== null
  }

  /** Throws TorrentError `bad-limit`. */
  change(goal: Partial<OwnSeedingGoal>): void {
    const { ratio, minutes } = this.#record
    this.#record = {
      ...this.#record,
      ...checkedGoal({ ratio, minutes, ...goal }),
      isEndless: false,
    }
  }

  /** Somebody starts it by hand: where its goal has been reached, he wants more. */
  started(common: SeedingGoal, wantedBytes: number): void {
    if (reachedGoal(this.#record, common, wantedBytes) === null) return
    this.#record = { ...this.#record, isEndless: true }
  }

  /** Whether it goes on until somebody stops it, whatever goal it has reached. */
  set isEndless(isEndless: boolean) {
    this.#record = { ...this.#record, isEndless }
  }

  /** Somebody pauses it by hand. */
  stopped(): void {
    this.#record = { ...this.#record, isEndless: false }
  }

  /** Counts what has happened since it was called last. `now` in ms; `swarm` is `null` where it is not live. */
  look(
    swarm: Swarm | null,
    content: Pick<TorrentContent, 'have' | 'selection'> | null,
    now: number,
  ): void {
    const before = this.#seen?.swarm === swarm ? this.#seen.uploadedBytes : 0
    const sent = swarm === null ? 0 : swarm.uploadedBytes - before
    this.#seen = swarm === null ? null : { swarm, uploadedBytes: swarm.uploadedBytes }
    const isSeeding = swarm !== null && content?.selection.isFinished(content.have) === true
    const passed = isSeeding && this.#seedingSince !== null ? now - this.#seedingSince : 0
    this.#seedingSince = isSeeding ? now : null
    if (sent === 0 && passed === 0) return
    const { uploadedBytes, seededMs } = this.#record
    this.#record = {
      ...this.#record,
      uploadedBytes: uploadedBytes + sent,
      seededMs: seededMs + passed,
    }
  }

  /** What is reached; `null` as long as it is to be seeded, or is not finished. */
  reached(
    common: SeedingGoal,
    content: Pick<TorrentContent, 'have' | 'selection'> | null,
  ): 'ratio' | 'time' | null {
    if (content === null || !content.selection.isFinished(content.have)) return null
    return reachedGoal(this.#record, common, content.selection.totalBytes)
  }
}
