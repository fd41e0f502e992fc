import { z } from 'zod'
import { parseBytes } from './byte-amount.ts'
import type { CheckedOption, ValuesOf } from './option.ts'
import { filled, oneOf, refuse, wholeNumber } from './rules.ts'

/** What is downloaded when, how much of it is kept, and when it may be served. */
export interface DownloadConfig {
  readonly onDemand: boolean
  /** Bytes stored of all torrents together; `null` for no limit. Not without `onDemand`. */
  readonly quotaBytes: number | null
  /** Of the data folder's disk, which stay free; `null` for none. */
  readonly reserveBytes: number | null
  /** Torrents that download at once, and finished ones that are shared at once; streamed ones come on top. */
  readonly maxActiveDownloads: number
  readonly maxActiveSeeds: number
  /** Torrent files and magnets that are put here are added; `null`: no folder is watched. */
  readonly watch: string | null
  /** When a block may be served before its piece is checked. */
  readonly verification: (typeof VERIFICATIONS)[number]
}

const VERIFICATIONS = ['proven', 'always', 'off'] as const

/** A few streams want as much. */
export const LEAST_QUOTA_BYTES = 128 * 1024 * 1024

/** More than any machine has at work. */
const MAX_ACTIVE = 10_000

/** Bytes; `null` for none. */
function size(least: number, rule: string): z.ZodType<number | null, string> {
  return z.string().transform((text, context) => {
    const bytes = parseBytes(text)
    if (bytes === 0) return null
    if (bytes !== null && bytes >= least) return bytes
    return refuse(context, rule, text)
  })
}

const active = wholeNumber({ least: 0, most: MAX_ACTIVE })

export const DOWNLOAD_OPTIONS = [
  {
    name: 'on-demand',
    kind: 'on',
    help: 'fetch only what somebody streams',
    fallback: 'download what is selected',
    rule: z.boolean().default(false),
  },
  {
    name: 'quota',
    kind: 'value',
    argument: 'size',
    help: 'with --on-demand: free what was watched longest ago: 20GB',
    fallback: 'no limit',
    rule: size(LEAST_QUOTA_BYTES, 'must be 128M or more, as 20GB, or 0 for no limit').default(null),
  },
  {
    name: 'reserve',
    kind: 'value',
    argument: 'size',
    help: 'download nothing while the disk has less free: 5GB',
    fallback: 'none',
    rule: size(1, 'must be bytes, as 5GB, or 0 for none').default(null),
  },
  {
    name: 'max-active-downloads',
    kind: 'value',
    argument: 'n',
    help: 'torrents that download at once, beside those streamed',
    fallback: '50',
    rule: active.default(50),
  },
  {
    name: 'max-active-seeds',
    kind: 'value',
    argument: 'n',
    help: 'finished torrents that are shared at once',
    fallback: '100',
    rule: active.default(100),
  },
  {
    name: 'watch',
    kind: 'value',
    argument: 'folder',
    help: 'add every .torrent and .magnet file that is put into this folder',
    rule: filled.optional(),
  },
  {
    name: 'verification',
    kind: 'value',
    argument: 'when',
    choices: VERIFICATIONS,
    help: 'serve unchecked bytes: proven (from good peers), always, off',
    fallback: 'proven',
    rule: oneOf(VERIFICATIONS).default('proven'),
  },
] as const satisfies readonly CheckedOption[]

type Values = ValuesOf<typeof DOWNLOAD_OPTIONS>

export function checkDownload(values: Values, context: z.RefinementCtx): void {
  if (values.quota !== null && !values['on-demand']) {
    const message = 'needs --on-demand: what is freed would be downloaded again'
    context.addIssue({ code: 'custom', path: ['quota'], message })
  }
}

export function downloadConfig(values: Values): DownloadConfig {
  return {
    onDemand: values['on-demand'],
    quotaBytes: values.quota,
    reserveBytes: values.reserve,
    maxActiveDownloads: values['max-active-downloads'],
    maxActiveSeeds: values['max-active-seeds'],
    watch: values.watch ?? null,
    verification: values.verification,
  }
}
