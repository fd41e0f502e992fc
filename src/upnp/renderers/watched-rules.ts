import { constants } from 'node:fs'
import { access, open, stat } from 'node:fs/promises'
import type { Clock } from '../../clock.ts'
import { hasCode } from '../../error-code.ts'
import type { Logger } from '../../log.ts'
import { replaceFile } from '../../replace-file.ts'
import { storing } from '../../storage-error.ts'
import type { Renderers } from './renderers.ts'
import { parseRulesFile } from './rules-file.ts'

const POLL_MS = 2_000
/** For people. */
const HOLDS = 'the rules for control points'
const MAX_BYTES = 256 * 1024

export interface WatchedRulesOptions {
  readonly path: string
  readonly renderers: Renderers
  readonly ruleIds: ReadonlySet<string>
  readonly clock: Clock
  readonly log: Logger
}

/**
 * A rules file that is read again when it changes. While it cannot be read the rules before it stay,
 * and the log says what is wrong with it; without a file there are none.
 */
export class WatchedRules {
  readonly #options: WatchedRulesOptions
  #mark: string | null = null
  #cancelPoll = (): void => {}
  #isClosed = false
  #choosing: Promise<void> = Promise.resolve()

  constructor(options: WatchedRulesOptions) {
    this.#options = options
  }

  /** Resolves when the file has been read for the first time. */
  async start(): Promise<void> {
    await this.#look()
    if (this.#isClosed) return
    this.#cancelPoll = this.#options.clock.after(POLL_MS, () => void this.start())
  }

  /**
   * The owner chooses a rule for an address, or with `null` none; what else the file says stays. Resolves when it
   * holds. Rejects with an Error that says what is wrong where the file there cannot be read, which is left as it is, and with
   * StorageError where it cannot be written.
   *
   * @param address - In its one spelling.
   */
  async choose(address: string, rule: string | null): Promise<void> {
    this.#choosing = this.#choosing.catch(() => {}).then(() => this.#write(address, rule))
    await this.#choosing
  }

  async #write(address: string, rule: string | null): Promise<void> {
    const { path, ruleIds } = this.#options
    const isThere = await storing({ what: HOLDS, path }, () => isReadable(path))
    const before = isThere ? parseRulesFile(await readText(path), ruleIds) : []
    const { set } = before.find((entry) => entry.address === address) ?? {}
    const others = before.filter((entry) => entry.address !== address)
    const chosen = { address, ...(rule === null ? {} : { rule }), ...(set ? { set } : {}) }
    const isNothing = rule === null && set === undefined
    const renderers = isNothing ? others : [...others, chosen]
    const text = `${JSON.stringify({ renderers }, null, 2)}\n`
    await replaceFile(path, text, { holds: HOLDS })
    await this.#look()
  }

  close(): void {
    this.#isClosed = true
    this.#cancelPoll()
  }

  async #look(): Promise<void> {
    const mark = await markOf(this.#options.path)
    if (mark === this.#mark) return
    this.#mark = mark
    const { path, renderers, ruleIds, log } = this.#options
    try {
      const overrides = mark === null ? [] : parseRulesFile(await readText(path), ruleIds)
      renderers.override(overrides)
      log.info({ path, renderers: overrides.length }, 'renderer rules read')
    } catch (error) {
      log.warn({ err: error, path }, 'renderer rules cannot be read, the old ones stay')
    }
  }
}

/** Changes whenever the file does; `null` where there is none. */
async function markOf(path: string): Promise<string | null> {
  try {
    const { mtimeMs, ctimeMs, size, ino } = await stat(path)
    return [mtimeMs, ctimeMs, size, ino].join()
  } catch (error) {
    const isMissing = hasCode(error, 'ENOENT')
    return isMissing ? null : 'unreadable'
  }
}

/** False where there is none. Rejects with the system's error where it cannot be read. */
async function isReadable(path: string): Promise<boolean> {
  try {
    await access(path, constants.R_OK)
    return true
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false
    throw error
  }
}

async function readText(path: string): Promise<string> {
  const file = await open(path)
  try {
    const buffer = Buffer.alloc(MAX_BYTES + 1)
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0)
    if (bytesRead > MAX_BYTES) throw new Error(`the file has more than ${MAX_BYTES} bytes`)
    return new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, bytesRead))
  } finally {
    await file.close()
  }
}
