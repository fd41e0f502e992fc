import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { AtomicFile } from '../atomic-file.ts'
import { OneByOne } from '../concurrency/one-by-one.ts'
import type { Logger } from '../log.ts'
import { type Setting, SettingError, type SettingKind, type SettingValue } from './setting.ts'

/** What others are told of a setting; of a secret, only whether there is one. */
export interface SettingFacts {
  readonly name: string
  readonly kind: SettingKind
  readonly choices?: readonly string[]
  readonly value: SettingValue
  readonly unit: string | null
  readonly effect: string
  readonly restart: boolean
  /** Whether the command line or the environment decides at each start, whatever is saved. */
  readonly given: boolean
}

/** The value of a secret that there is. */
const SECRET_SET = 'set'

const saved = z.object({ values: z.record(z.string(), z.unknown()) })

interface Entry {
  readonly setting: Setting
  value: SettingValue
}

/** A change that is being made. */
interface Change {
  readonly name: string
  readonly entry: Entry
  readonly next: SettingValue
  readonly isReset: boolean
  readonly before: SettingValue
}

/**
 * What can be changed while the server runs. Each part registers its own settings; what is changed is
 * saved, and counts again at the next start unless the command line or the environment says otherwise.
 */
export class Settings {
  readonly #entries = new Map<string, Entry>()
  readonly #file: AtomicFile
  readonly #log: Logger
  readonly #changes = new OneByOne<'change'>()
  /** By name, also of settings that nobody has registered in this run. */
  #saved: Readonly<Record<string, unknown>>

  private constructor(file: AtomicFile, log: Logger, values: Readonly<Record<string, unknown>>) {
    this.#file = file
    this.#log = log
    this.#saved = values
  }

  /** Reads what was saved; what cannot be read is kept aside, and the options hold. */
  static async open(file: AtomicFile, log: Logger): Promise<Settings> {
    try {
      const bytes = await file.read()
      const values = bytes === null ? {} : saved.parse(JSON.parse(bytes.toString())).values
      return new Settings(file, log, values)
    } catch (error) {
      const aside = await file.setAside(new Date()).catch(() => null)
      log.warn({ err: error, file: file.path, aside }, 'the saved settings cannot be read')
      return new Settings(file, log, {})
    }
  }

  /** In the order of registration. */
  get all(): readonly SettingFacts[] {
    return [...this.#entries.values()].map(factsOf)
  }

  /**
   * Adds a setting and applies the value in force: the one saved, unless the start was told another.
   * A saved value that is none any more is warned of, and the initial one holds. Rejects where that
   * one cannot be applied.
   */
  async register<T extends SettingValue>(setting: Setting<T>): Promise<void> {
    const { name, initial } = setting
    if (this.#entries.has(name)) throw new SettingError(`there is a setting ${name} already`)
    const entry: Entry = { setting, value: initial }
    this.#entries.set(name, entry)
    // Whoever keeps it has applied it already.
    if (setting.read !== undefined) return
    if (!setting.isGiven && Object.hasOwn(this.#saved, name)) {
      try {
        entry.value = checked(setting, this.#saved[name])
        await setting.apply(entry.value as T)
        return
      } catch (error) {
        this.#log.warn({ err: error, setting: name }, 'the saved setting is not used')
      }
    }
    entry.value = initial
    await setting.apply(initial)
  }

  /**
   * Changes all of these or none, and saves them. `null` goes back to the initial value, where it is
   * no value itself. Rejects with SettingError, which names what is wrong, or with StorageError.
   */
  change(changes: Readonly<Record<string, unknown>>): Promise<void> {
    return this.#changes.run('change', () => this.#change(changes))
  }

  async #change(changes: Readonly<Record<string, unknown>>): Promise<void> {
    const wanted = Object.entries(changes).map(([name, value]): Change => {
      const entry = this.#entries.get(name)
      if (entry === undefined) throw new SettingError(`there is no setting ${JSON.stringify(name)}`)
      const isReset = value === null && !entry.setting.check.safeParse(null).success
      const next = isReset ? entry.setting.initial : checked(entry.setting, value)
      return { name, entry, next, isReset, before: currentOf(entry) }
    })
    const done: Change[] = []
    try {
      for (const change of wanted) {
        await applied(change.entry.setting, change.next)
        done.push(change)
      }
      const values = { ...this.#saved }
      for (const { name, entry, next, isReset } of wanted) {
        if (isReset || entry.setting.read !== undefined) delete values[name]
        else values[name] = next
      }
      await this.#save(values)
    } catch (error) {
      const stuck = await this.#undo(done)
      throw stuck.length === 0 ? error : halfDone(error, stuck)
    }
    for (const { entry, next } of wanted) entry.value = next
  }

  /** What was applied becomes what it was. Resolves with the names of what does not. */
  async #undo(done: readonly Change[]): Promise<string[]> {
    const stuck: string[] = []
    for (const { entry, before, next } of done.toReversed()) {
      try {
        await entry.setting.apply(before)
      } catch (error) {
        this.#log.error({ err: error, setting: entry.setting.name }, 'a change cannot be undone')
        entry.value = next
        stuck.push(entry.setting.name)
      }
    }
    return stuck
  }

  /** Writes nothing where that would change nothing. */
  async #save(values: Readonly<Record<string, unknown>>): Promise<void> {
    if (isDeepStrictEqual(values, this.#saved)) return
    await this.#file.write(`${JSON.stringify({ values }, null, 2)}\n`)
    this.#saved = values
  }
}

async function applied(setting: Setting, value: SettingValue): Promise<void> {
  try {
    await setting.apply(value)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new SettingError(`${setting.name} cannot be changed: ${reason}`, { cause: error })
  }
}

function halfDone(cause: unknown, stuck: readonly string[]): SettingError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const message = `${reason}; what was asked for holds now of ${stuck.join(', ')}`
  return new SettingError(message, { cause })
}

function checked({ name, check }: Setting, value: unknown): SettingValue {
  const result = check.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new SettingError(`${name}: ${issue?.message ?? 'it is invalid'}`)
}

function currentOf({ setting, value }: Entry): SettingValue {
  return setting.read?.() ?? value
}

function factsOf(entry: Entry): SettingFacts {
  const { setting } = entry
  const value = currentOf(entry)
  const { name, kind, choices, unit, effect, restart = false, isGiven } = setting
  const shown = kind === 'secret' && value !== null ? SECRET_SET : value
  return {
    ...{ name, kind, ...(choices === undefined ? {} : { choices }) },
    ...{ value: shown, unit, effect, restart, given: isGiven },
  }
}
