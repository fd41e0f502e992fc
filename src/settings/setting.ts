import type { z } from 'zod'

export type SettingKind = 'text' | 'number' | 'boolean' | 'list' | 'secret' | 'choice'

/** What a setting may be, as JSON says it. */
export type SettingValue = string | number | boolean | null | readonly string[]

/** Something that can be changed while the server runs. */
export interface Setting<T extends SettingValue = SettingValue> {
  /** As its option is called, without the dashes before it. */
  readonly name: string
  readonly kind: SettingKind
  /** What may be chosen; only of kind `choice`. */
  readonly choices?: readonly string[]
  /** `bytes per second`, `seconds`; `null` for what has none. */
  readonly unit: string | null
  /** One plain sentence: what it does. */
  readonly effect: string
  /** What the command line and the environment say, or what holds without them. */
  readonly initial: T
  /** Whether the command line or the environment named it: then this start uses `initial`, whatever was saved. */
  readonly isGiven: boolean
  /** From JSON to the value; its messages are for people. */
  readonly check: z.ZodType<T>
  /** What it is now, where whoever applies it keeps it, too: then nothing of it is saved here. */
  readonly read?: () => T
  /** Whether a change counts from the next start on only. */
  readonly restart?: boolean
  /** Makes it so. Throws, or rejects, where it cannot be, and has then changed nothing. */
  apply(value: T): void | Promise<void>
}

/** A change that cannot be made; the message names the setting, and nothing has been changed. */
export class SettingError extends Error {
  override readonly name = 'SettingError'
}
