import { z } from 'zod'
import type { CheckedOption, ValuesOf } from './option.ts'
import { filled, wholeNumber } from './rules.ts'

/** How others on the LAN get to know of the server: SSDP and mDNS. */
export interface AnnouncingConfig {
  /** Names; empty is all LAN interfaces. */
  readonly interfaces: readonly string[]
  readonly dlna: boolean
  /** Announces the page; not without `dlna`. */
  readonly mdns: boolean
  readonly ssdpMaxAgeSeconds: number
  /** At most half of max-age; `null` leaves it to discovery. */
  readonly ssdpIntervalSeconds: number | null
  readonly ipv6Discovery: boolean
}

/** A minute; a week. */
const MAX_AGE_SECONDS = { least: 60, most: 604_800, unit: 'seconds' }
const INTERVAL_SECONDS = { least: 5, most: MAX_AGE_SECONDS.most / 2, unit: 'seconds' }

export const ANNOUNCING_OPTIONS = [
  {
    name: 'interface',
    kind: 'list',
    argument: 'name',
    help: 'announce only on this interface (repeatable)',
    fallback: 'all LAN interfaces',
    rule: z.array(filled).default([]),
  },
  {
    name: 'dlna',
    kind: 'off',
    help: 'HTTP only, announce nothing',
    rule: z.boolean().default(true),
  },
  {
    name: 'mdns',
    kind: 'off',
    help: 'do not announce the page as tributary.local',
    rule: z.boolean().default(true),
  },
  {
    name: 'ssdp-max-age',
    kind: 'value',
    argument: 'seconds',
    help: 'how long TVs may believe an announcement',
    fallback: '1800',
    rule: wholeNumber(MAX_AGE_SECONDS).default(1_800),
  },
  {
    name: 'ssdp-interval',
    kind: 'value',
    argument: 'seconds',
    help: 'longest time between two',
    fallback: 'max-age / 3, up to 600',
    rule: wholeNumber(INTERVAL_SECONDS).optional(),
  },
  {
    name: 'ipv6-discovery',
    kind: 'on',
    help: 'announce on IPv6, too (ff02::c, ff05::c)',
    fallback: 'IPv4 only',
    rule: z.boolean().default(false),
  },
] as const satisfies readonly CheckedOption[]

type Values = ValuesOf<typeof ANNOUNCING_OPTIONS>

/** An announcement that is lost must not make the server vanish. */
export function checkAnnouncing(values: Values, context: z.RefinementCtx): void {
  const interval = values['ssdp-interval']
  const longest = Math.floor(values['ssdp-max-age'] / 2)
  if (interval === undefined || interval <= longest) return
  const message = `must be at most half of --ssdp-max-age: ${longest}, not ${interval}`
  context.addIssue({ code: 'custom', path: ['ssdp-interval'], message })
}

export function announcingConfig(values: Values): AnnouncingConfig {
  return {
    interfaces: values.interface,
    dlna: values.dlna,
    mdns: values.mdns && values.dlna,
    ssdpMaxAgeSeconds: values['ssdp-max-age'],
    ssdpIntervalSeconds: values['ssdp-interval'] ?? null,
    ipv6Discovery: values['ipv6-discovery'],
  }
}
