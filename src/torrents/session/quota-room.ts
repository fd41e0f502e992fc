import type { JoinRoom, RoomMember, RoomShare } from '../download/disk-room.ts'

/** What is stored is counted so often at most; ms. */
const COUNTED_MS = 250
/** Of what is not kept, all windows together may hold so much: the rest can be freed for what comes next. */
const REACH_SHARE = 3 / 4

/** Bytes of verified pieces, and of those of torrents that are to be kept. */
export interface Stored {
  readonly all: number
  readonly kept: number
}

export interface QuotaRoomOptions {
  /** Bytes; `null` for no quota. */
  readonly quotaBytes: number | null
  readonly count: () => Stored
  /** ms. */
  readonly now: () => number
  /** Somebody was refused. */
  readonly onShort: () => void
}

/** The room below a quota: for what is stored, and for pieces that are on their way. */
export class QuotaRoom {
  readonly #options: QuotaRoomOptions
  readonly #readers = new Map<RoomMember, number>()
  #quotaBytes: number | null
  #takenBytes = 0
  #refusedBytes = 0
  #stored: Stored = { all: 0, kept: 0 }
  #countedAt = Number.NEGATIVE_INFINITY
  #isFreeing = false

  constructor(options: QuotaRoomOptions) {
    this.#options = options
    this.#quotaBytes = options.quotaBytes
  }

  get quotaBytes(): number | null {
    return this.#quotaBytes
  }

  set quotaBytes(bytes: number | null) {
    this.#quotaBytes = bytes
    this.wake()
  }

  /** Neither stored nor taken; below 0 where it is exceeded, infinite without a quota. */
  get freeBytes(): number {
    if (this.#quotaBytes === null) return Number.POSITIVE_INFINITY
    return this.#quotaBytes - this.#storedNow.all - this.#takenBytes
  }

  /** The most that somebody has asked for in vain since `wake`. */
  get refusedBytes(): number {
    return this.#refusedBytes
  }

  readonly join: JoinRoom = (member) => {
    this.#readers.set(member, 0)
    return this.#shareOf(member)
  }

  /** What is stored is less, perhaps: those who wait may ask again. */
  wake(): void {
    this.#refusedBytes = 0
    this.#countedAt = Number.NEGATIVE_INFINITY
    for (const member of [...this.#readers.keys()]) member.onRoom()
  }

  /** What is freed is no room before `work` has ended: until then it is on the disk. */
  async whileFreeing<T>(work: () => Promise<T>): Promise<T> {
    this.#isFreeing = true
    try {
      return await work()
    } finally {
      this.#isFreeing = false
      this.#countedAt = Number.NEGATIVE_INFINITY
    }
  }

  get #storedNow(): Stored {
    const now = this.#options.now()
    if (this.#isFreeing) return this.#stored
    if (now - this.#countedAt >= COUNTED_MS) {
      this.#stored = this.#options.count()
      this.#countedAt = now
    }
    return this.#stored
  }

  get #reachBytes(): number {
    if (this.#quotaBytes === null) return Number.POSITIVE_INFINITY
    let readers = 0
    for (const count of this.#readers.values()) readers += count
    const left = Math.max(0, this.#quotaBytes - this.#storedNow.kept)
    return Math.floor((left * REACH_SHARE) / Math.max(1, readers))
  }

  #shareOf(member: RoomMember): RoomShare {
    const reachBytes = (): number => this.#reachBytes
    return {
      get reachBytes() {
        return reachBytes()
      },
      setReaders: (count) => {
        if (this.#readers.has(member)) this.#readers.set(member, count)
      },
      take: (bytes) => this.#take(bytes),
      giveBack: (bytes) => {
        this.#takenBytes -= bytes
      },
      stored: (bytes) => {
        this.#takenBytes -= bytes
        this.#stored = { ...this.#stored, all: this.#stored.all + bytes }
      },
      leave: () => this.#readers.delete(member),
    }
  }

  #take(bytes: number): boolean {
    if (bytes > this.freeBytes) {
      this.#refusedBytes = Math.max(this.#refusedBytes, bytes)
      this.#options.onShort()
      return false
    }
    this.#takenBytes += bytes
    return true
  }
}
