import { z } from 'zod'
import { type AlternativeLimits, parseAlternativeLimits } from './alternative-limits.ts'
import { parseRate } from './byte-amount.ts'
import type { CheckedOption, ValuesOf } from './option.ts'
import { refuse } from './rules.ts'

/** How fast all torrents together may be, and how long finished ones are shared. */
export interface LimitConfig {
  /** `null` for no limit; what was set last when absent. */
  readonly downloadBytesPerSecond: number | null | undefined
  readonly uploadBytesPerSecond: number | null | undefined
  /** In place of these, at their time of day. */
  readonly dailyLimits: readonly AlternativeLimits[]
  /** `null` for no limit. */
  readonly seedRatio: number | null
  readonly seedMinutes: number | null
}

/** Bytes per second; `null` for none. */
const rate = z.string().transform((text, context) => {
  const bytes = parseRate(text)
  if (bytes !== null) return { bytesPerSecond: bytes === 0 ? null : bytes }
  return refuse(context, 'must be bytes per second below 4G, as 750000, 500K or 2M', text)
})

const alternativeLimits = z.string().transform((text, context): AlternativeLimits => {
  return (
    parseAlternativeLimits(text) ??
    refuse(
      context,
      'must be hours and rates, as "22:00-07:00 down=5M up=500K" or "sat sun 08:00-24:00 up=0"',
      text,
    )
  )
})

/** 0 for no limit. */
function goal(what: string): z.ZodType<number | null, string> {
  return z.string().transform((text, context) => {
    if (/^\d{1,9}(\.\d{1,4})?$/.test(text)) return Number(text) || null
    return refuse(context, `must be ${what}, 0 or more`, text)
  })
}

export const LIMIT_OPTIONS = [
  {
    name: 'download-limit',
    kind: 'value',
    argument: 'rate',
    help: 'bytes/s over all torrents, as 500K, 2M; 0: none',
    fallback: 'as set last; none',
    rule: rate.optional(),
  },
  {
    name: 'upload-limit',
    kind: 'value',
    argument: 'rate',
    help: 'the same for what peers are sent',
    fallback: 'as set last; none',
    rule: rate.optional(),
  },
  {
    name: 'alt-limits',
    kind: 'list',
    argument: 'hours',
    help: 'other limits by hour: "mon-fri 22:00-07:00 down=5M up=500K"',
    rule: z.array(alternativeLimits).default([]),
  },
  {
    name: 'seed-ratio',
    kind: 'value',
    argument: 'n',
    help: 'pause a torrent that has sent n times its size',
    fallback: 'no limit',
    rule: goal('a ratio').default(null),
  },
  {
    name: 'seed-minutes',
    kind: 'value',
    argument: 'n',
    help: 'or that has been seeded for so long',
    fallback: 'no limit',
    rule: goal('minutes').default(null),
  },
] as const satisfies readonly CheckedOption[]

export function limitConfig(values: ValuesOf<typeof LIMIT_OPTIONS>): LimitConfig {
  return {
    downloadBytesPerSecond: values['download-limit']?.bytesPerSecond,
    uploadBytesPerSecond: values['upload-limit']?.bytesPerSecond,
    dailyLimits: values['alt-limits'],
    seedRatio: values['seed-ratio'],
    seedMinutes: values['seed-minutes'],
  }
}
