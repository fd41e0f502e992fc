import { z } from 'zod'
import { parseBytes } from '../config/byte-amount.ts'
import type { Config } from '../config/config.ts'
import type { Setting } from '../settings/setting.ts'
import type { Session } from '../torrents/surface/surface.ts'

type LimitedSession = Pick<Session, 'limits' | 'setLimits' | 'setSeedingGoal'>

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

const MUST_BE_RATE = 'must be bytes per second, as 500K or 2M, or 0 for no limit'
/** What rqbit's clients can read. */
const FASTEST = 2 ** 32 - 1

const rateText = z
  .string(MUST_BE_RATE)
  .refine(
    (text) => text.trim() === '' || (parseBytes(text) ?? FASTEST + 1) <= FASTEST,
    MUST_BE_RATE,
  )

const goal = z.number('must be a number').min(0, 'must be 0 or more')

/** `null` for none. */
function rateOf(text: string): number | null {
  return parseBytes(text) || null
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
