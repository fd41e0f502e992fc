import { z } from 'zod'
import type { Config } from '../config/config.ts'
import {
  alternativeLimitsText,
  parseAlternativeLimits,
} from '../config/options/alternative-limits.ts'
import { parseRate } from '../config/options/byte-amount.ts'
import type { Setting } from '../settings/setting.ts'
import type { Session } from '../torrents/surface/surface.ts'

type LimitedSession = Pick<Session, 'limits' | 'setLimits' | 'setSeedingGoal'>

/** Nobody lives by more. */
const MAX_DAILY_LIMITS = 50
const MUST_BE_HOURS =
  'must be hours and rates, as "22:00-07:00 down=5M" or "sat sun 08:00-24:00 up=500K"'

/** Other rates by day and hour. */
export function dailyLimitsSetting(
  { given, dailyLimits }: Config,
  session: Pick<Session, 'setDailyLimits'>,
): Setting<readonly string[]> {
  return {
    ...{ name: 'alt-limits', kind: 'list', unit: null, isGiven: given.has('alt-limits') },
    effect:
      'Other limits by day and hour, as "mon-fri 22:00-07:00 down=5M up=500K"; the first that holds.',
    initial: dailyLimits.map(alternativeLimitsText),
    check: z
      .array(
        z
          .string(MUST_BE_HOURS)
          .refine((text) => parseAlternativeLimits(text) !== null, MUST_BE_HOURS),
        MUST_BE_HOURS,
      )
      .max(MAX_DAILY_LIMITS),
    apply: (texts) => {
      session.setDailyLimits(texts.flatMap((text) => parseAlternativeLimits(text) ?? []))
    },
  }
}

/** How fast all torrents together may be, and how long finished ones are shared. */
export function limitSettings(
  { given, seedRatio, seedMinutes }: Config,
  session: LimitedSession,
): readonly [Setting<string>, Setting<string>, Setting<number>, Setting<number>] {
  return [
    {
      ...{ name: 'download-limit', kind: 'text', unit: 'bytes per second' },
      effect: 'How fast all torrents together may download, as 500K or 2M; empty for no limit.',
      ...{ initial: '', isGiven: given.has('download-limit'), check: rateText },
      read: () => textOf(session.limits.downloadBps),
      apply: (text) => session.setLimits({ downloadBps: rateOf(text) }),
    },
    {
      ...{ name: 'upload-limit', kind: 'text', unit: 'bytes per second' },
      effect: 'How fast all torrents together may upload, as 500K or 2M; empty for no limit.',
      ...{ initial: '', isGiven: given.has('upload-limit'), check: rateText },
      read: () => textOf(session.limits.uploadBps),
      apply: (text) => session.setLimits({ uploadBps: rateOf(text) }),
    },
    {
      ...{ name: 'seed-ratio', kind: 'number', unit: 'times its size' },
      effect: 'A torrent that has sent so much is paused; 0 for no limit.',
      ...{ initial: seedRatio ?? 0, isGiven: given.has('seed-ratio'), check: goal },
      apply: (ratio) => session.setSeedingGoal({ ratio: ratio || null }),
    },
    {
      ...{ name: 'seed-minutes', kind: 'number', unit: 'minutes' },
      effect:
        'A torrent that has been shared so long after it was finished is paused; 0: no limit.',
      ...{ initial: seedMinutes ?? 0, isGiven: given.has('seed-minutes'), check: goal },
      apply: (minutes) => session.setSeedingGoal({ minutes: minutes || null }),
    },
  ]
}

const MOST_SOURCE_CHARACTERS = 4_096

/** Whom no peer may be. */
export function blocklistSetting(
  { given, blocklist = '' }: Config,
  session: Pick<Session, 'setBlocklist'>,
): Setting<string> {
  // A list that cannot be fetched at the start is tried again; one that is asked for now has to be one.
  let need: 'there' | 'some time' = 'some time'
  return {
    ...{ name: 'blocklist', kind: 'text', unit: null, isGiven: given.has('blocklist') },
    effect:
      'A file or URL of addresses that no peer may have (p2p, .dat or CIDR, gzip too); empty for none.',
    initial: blocklist,
    check: z
      .string('must be a file or a URL')
      .trim()
      .max(MOST_SOURCE_CHARACTERS, 'must be a file or a URL'),
    apply: async (text) => {
      const asked = need
      need = 'there'
      await session.setBlocklist(text === '' ? null : text, asked)
    },
  }
}

const MUST_BE_RATE = 'must be bytes per second, as 500K or 2M, or 0 for no limit'

const rateText = z
  .string(MUST_BE_RATE)
  .refine((text) => text.trim() === '' || parseRate(text) !== null, MUST_BE_RATE)

const goal = z.number('must be a number').min(0, 'must be 0 or more')

/** `null` for none. */
function rateOf(text: string): number | null {
  return parseRate(text) || null
}

/** In the largest unit that it is a whole number of. */
function textOf(bytesPerSecond: number | null): string {
  if (bytesPerSecond === null) return ''
  for (const [unit, size] of [
    ['M', 1_048_576],
    ['K', 1_024],
  ] as const) {
    if (bytesPerSecond % size === 0) return `${bytesPerSecond / size}${unit}`
  }
  return String(bytesPerSecond)
}
