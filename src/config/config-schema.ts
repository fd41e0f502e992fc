import { isIP } from 'node:net'
import { RE2JS } from 're2js'
import { z } from 'zod'
import { parseAddressRange } from '../address-ranges.ts'
import { parseHostPattern } from '../host-pattern.ts'
import { LOG_LEVELS } from '../log.ts'
import { isPeerAddress } from '../peer-address.ts'
import { type AlternativeLimits, parseAlternativeLimits } from './alternative-limits.ts'
import { parseBytes } from './byte-amount.ts'

/** A user and a password, neither of them empty. */
export interface Credentials {
  readonly user: string
  readonly password: string
}

/** Friendly names longer than this are cut by control points (UDA 1.0, 2.1). */
const FRIENDLY_NAME_LIMIT = 63

const port = z.string().transform((text, context) => {
  const value = Number(text)
  if (/^\d{1,5}$/.test(text) && value <= 65_535) return value
  return refuse(context, 'must be a whole number from 0 to 65535', text)
})

/** What one process may have open, with room for files and clients of HTTP. */
export const MAX_CONNECTIONS = 10_000

const connections = z.string().transform((text, context) => {
  const value = Number(text)
  if (/^\d{1,5}$/.test(text) && value >= 1 && value <= MAX_CONNECTIONS) return value
  return refuse(context, `must be a whole number from 1 to ${MAX_CONNECTIONS}`, text)
})

const active = z.string().transform((text, context) => {
  const value = Number(text)
  if (/^\d{1,5}$/.test(text) && value <= MAX_CONNECTIONS) return value
  return refuse(context, `must be a whole number from 0 to ${MAX_CONNECTIONS}`, text)
})

/** 100 GiB: more pictures than anybody looks at. */
const MAX_PICTURE_CACHE_MEBIBYTES = 102_400

const pictureCache = z.string().transform((text, context) => {
  const value = Number(text)
  if (/^\d{1,6}$/.test(text) && value <= MAX_PICTURE_CACHE_MEBIBYTES) return value
  return refuse(context, `must be a whole number from 0 to ${MAX_PICTURE_CACHE_MEBIBYTES}`, text)
})

/** Bytes per second; `null` for none. */
const rate = z.string().transform((text, context) => {
  const bytes = parseBytes(text)
  if (bytes !== null) return { bytesPerSecond: bytes === 0 ? null : bytes }
  return refuse(context, 'must be bytes per second, as 750000, 500K or 2M', text)
})

/** Bytes; `null` for none. */
function size(least: number, rule: string): z.ZodType<number | null, string> {
  return z.string().transform((text, context) => {
    const bytes = parseBytes(text)
    if (bytes === 0) return null
    if (bytes !== null && bytes >= least) return bytes
    return refuse(context, rule, text)
  })
}

/** A few streams want as much. */
export const LEAST_QUOTA_BYTES = 128 * 1024 * 1024

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

const bound = z.string().transform((text, context) => {
  const isOne = isIP(text) !== 0 || /^[^\s/%:]{1,64}$/.test(text)
  return isOne ? text : refuse(context, 'must be an interface or an IP address', text)
})

const nameServer = z.string().transform((text, context) => {
  const isOne = isIP(text) !== 0 || isPeerAddress(text)
  return isOne ? text : refuse(context, 'must be the IP address of a name server, or ip:port', text)
})

/** The engine cannot: peers, DHT and UDP trackers would go past it. */
const proxy = z.string().transform((_text, context) => {
  const advice = '--bind keeps to the interface of a VPN'
  const message = `is not supported, as peers would see the real address: ${advice}`
  context.addIssue({ code: 'custom', message })
  return z.NEVER
})

/** A minute; a week. */
const MAX_AGE_SECONDS = { least: 60, most: 604_800 }
const SSDP_INTERVAL_SECONDS = { least: 5, most: MAX_AGE_SECONDS.most / 2 }

function seconds({ least, most }: { least: number; most: number }): z.ZodType<number, string> {
  return z.string().transform((text, context) => {
    const value = Number(text)
    if (/^\d{1,6}$/.test(text) && value >= least && value <= most) return value
    return refuse(context, `must be a whole number of seconds from ${least} to ${most}`, text)
  })
}

const host = z.string().transform((text, context) => {
  if (text === 'localhost') return '127.0.0.1'
  return isIP(text) === 0 ? refuse(context, 'must be an IP address or localhost', text) : text
})

const name = z.string().transform((text, context) => {
  const trimmed = text.trim()
  const printable = trimmed !== '' && !/\p{Cc}/u.test(trimmed)
  if (printable && trimmed.length <= FRIENDLY_NAME_LIMIT) return trimmed
  return refuse(context, `must be 1 to ${FRIENDLY_NAME_LIMIT} printable characters`, text)
})

const peer = z.string().transform((text, context) => {
  return isPeerAddress(text) ? text : refuse(context, 'must be ip:port', text)
})

const node = z.string().transform((text, context) => {
  const [, digits = '0'] = /^[^\s:]+:(\d{1,5})$/.exec(text) ?? []
  const isNode = Number(digits) >= 1 && Number(digits) <= 65_535
  return isNode ? text : refuse(context, 'must be host:port', text)
})

const auth = z.string().transform((text, context): Credentials => {
  const colon = text.indexOf(':')
  const credentials = { user: text.slice(0, colon), password: text.slice(colon + 1) }
  if (colon > 0 && credentials.password !== '') return credentials
  context.addIssue({ code: 'custom', message: 'must be user:pass, neither of them empty' })
  return z.NEVER
})

const addressRange = z.string().transform((text, context) => {
  const isRange = parseAddressRange(text) !== null
  return isRange ? text : refuse(context, 'must be an IP address or a network (10.0.0.0/8)', text)
})

const hostPattern = z.string().transform((text, context) => {
  const pattern = parseHostPattern(text)
  return pattern ?? refuse(context, 'must be a host name or *. and one, without a port', text)
})

/** Tags of BCP 47 or codes of ISO 639, with commas between them or one by one. */
const languages = z.array(z.string()).transform((texts, context) =>
  texts
    .flatMap((text) => text.split(','))
    .map((text) => {
      const tag = text.trim().replaceAll('_', '-')
      const isTag = /^[a-z]{2,3}(-[a-z]{4})?(-([a-z]{2}|\d{3}))?$/i.test(tag)
      const [canonical] = isTag ? Intl.getCanonicalLocales(tag) : []
      return canonical ?? refuse(context, 'must be languages, as en or pt-BR', text)
    }),
)

const filled = z.string().min(1, 'must not be empty')

const pattern = filled.refine(isPattern, 'must be a regular expression (RE2 syntax)')

const options = z.strictObject({
  dir: filled.optional(),
  port: port.default(3030),
  host: host.optional(),
  name: name.optional(),
  interface: z.array(filled).default([]),
  dlna: z.boolean().default(true),
  mdns: z.boolean().default(true),
  'ssdp-max-age': seconds(MAX_AGE_SECONDS).default(1_800),
  'ssdp-interval': seconds(SSDP_INTERVAL_SECONDS).optional(),
  'ipv6-discovery': z.boolean().default(false),
  'subtitle-languages': languages.default([]),
  'picture-cache': pictureCache.default(128),
  peer: z.array(peer).default([]),
  'peer-port': port.default(4240),
  'max-connections': connections.default(200),
  'max-connections-per-torrent': connections.default(50),
  'max-active-downloads': active.default(50),
  'max-active-seeds': active.default(100),
  watch: filled.optional(),
  'download-limit': rate.optional(),
  'upload-limit': rate.optional(),
  'alt-limits': z.array(alternativeLimits).default([]),
  'seed-ratio': goal('a ratio').default(null),
  'seed-minutes': goal('minutes').default(null),
  blocklist: filled.optional(),
  bind: bound.optional(),
  'bind-dns': z.array(nameServer).default([]),
  proxy: proxy.optional(),
  dht: z.boolean().default(true),
  'dht-bootstrap': z.array(node).default([]),
  lsd: z.boolean().default(true),
  trackers: z.boolean().default(true),
  'web-seeds': oneOf(['public', 'any', 'off']).default('public'),
  'port-forward': z.boolean().default(true),
  'on-demand': z.boolean().default(false),
  reserve: size(1, 'must be bytes, as 5GB, or 0 for none').default(null),
  quota: size(LEAST_QUOTA_BYTES, 'must be 128M or more, as 20GB, or 0 for no limit').default(null),
  verification: oneOf(['proven', 'always', 'off']).default('proven'),
  auth: auth.optional(),
  'auth-reading': z.boolean().default(false),
  'allow-address': z.array(addressRange).default([]),
  'allow-host': z.array(hostPattern).default([]),
  'trust-proxy': z.boolean().default(false),
  'trust-loopback': z.boolean().default(false),
  'cors-allow': pattern.optional(),
  'allow-create': z.boolean().default(false),
  record: filled.optional(),
  demo: z.boolean().default(false),
  'log-level': oneOf(LOG_LEVELS).default('info'),
  'log-format': oneOf(['text', 'json']).optional(),
})

/** The options by their long names, from text to what the program means by them. */
export const configSchema = options.superRefine((values, context) => {
  const interval = values['ssdp-interval']
  if (values['auth-reading'] && values.auth === undefined) {
    context.addIssue({
      code: 'custom',
      path: ['auth-reading'],
      message: 'needs a password (--auth)',
    })
  }
  if (values.quota !== null && !values['on-demand']) {
    const message = 'needs --on-demand: what is freed would be downloaded again'
    context.addIssue({ code: 'custom', path: ['quota'], message })
  }
  if (values['bind-dns'].length > 0 && values.bind === undefined) {
    context.addIssue({ code: 'custom', path: ['bind-dns'], message: 'needs --bind' })
  }
  const longest = Math.floor(values['ssdp-max-age'] / 2)
  if (interval === undefined || interval <= longest) return
  const message = `must be at most half of --ssdp-max-age: ${longest}, not ${interval}`
  context.addIssue({ code: 'custom', path: ['ssdp-interval'], message })
})

export type ConfigValues = z.output<typeof configSchema>

function oneOf<const T extends readonly [string, ...string[]]>(
  words: T,
): z.ZodEnum<{ [K in T[number]]: K }> {
  return z.enum(words, {
    error: (issue) => `must be one of ${words.join(', ')}, not ${JSON.stringify(issue.input)}`,
  })
}

function refuse(context: z.RefinementCtx, rule: string, value: string): never {
  context.addIssue({ code: 'custom', message: `${rule}, not ${JSON.stringify(value)}` })
  return z.NEVER
}

function isPattern(text: string): boolean {
  try {
    RE2JS.compile(text)
    return true
  } catch {
    return false
  }
}
