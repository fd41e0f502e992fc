import type { z } from 'zod'
import type { LogLevel } from '../log.ts'
import type { AlternativeLimits } from './alternative-limits.ts'
import { type ConfigValues, type Credentials, configSchema } from './config-schema.ts'
import { nearestWord } from './nearest-word.ts'
import {
  type Arguments,
  flagOf,
  OPTIONS,
  type Option,
  type OptionName,
  type ServerOption,
  splitArguments,
  variableOf,
} from './options.ts'

export type { Credentials }

/** Everything a server is told from outside, already checked. */
export interface Config {
  /** Data folder; `null` only with `demo`: a temporary one. */
  readonly dir: string | null
  /** 0 asks the system for a free one. */
  readonly port: number
  /** Listen address; `null` is every address of the machine. */
  readonly host: string | null
  /** `null` is `Tributary (<hostname>)`. */
  readonly name: string | null
  /** Names; empty is all LAN interfaces. */
  readonly interfaces: readonly string[]
  readonly dlna: boolean
  /** Announces the page; not without `dlna`. */
  readonly mdns: boolean
  readonly ssdpMaxAgeSeconds: number
  /** At most half of max-age; `null` leaves it to discovery. */
  readonly ssdpIntervalSeconds: number | null
  readonly ipv6Discovery: boolean
  /** BCP 47, the most wanted first. */
  readonly subtitleLanguages: readonly string[]
  /** Of pictures that are kept on the disk; 0 keeps none. */
  readonly pictureCacheMebibytes: number
  /** `ip:port`, `[ipv6]:port`. */
  readonly peers: readonly string[]
  readonly peerPort: number
  /** With peers, over all torrents; at least 1. */
  readonly maxConnections: number
  readonly maxConnectionsPerTorrent: number
  /** Torrents that download at once, and finished ones that are shared at once; streamed ones come on top. */
  readonly maxActiveDownloads: number
  readonly maxActiveSeeds: number
  /** Torrent files and magnets that are put here are added; `null`: no folder is watched. */
  readonly watch: string | null
  /** `null` for no limit; what was set last when absent. */
  readonly downloadBytesPerSecond: number | null | undefined
  readonly uploadBytesPerSecond: number | null | undefined
  /** In place of these, at their time of day. */
  readonly dailyLimits: readonly AlternativeLimits[]
  /** Interface or address of ours that all BitTorrent traffic is held to; `null` for none. */
  readonly bind: string | null
  /** Name servers asked through it, `ip` or `ip:port`; the system's when empty. */
  readonly nameServers: readonly string[]
  /** Path or URL. */
  readonly blocklist: string | undefined
  /** `null` for no limit. */
  readonly seedRatio: number | null
  readonly seedMinutes: number | null
  readonly dht: boolean
  /** `host:port` of the nodes that are asked first; empty for those of the public DHT. */
  readonly dhtBootstrap: readonly string[]
  readonly lsd: boolean
  readonly trackers: boolean
  /** Web servers that torrents name (BEP 19). */
  readonly webSeeds: 'public' | 'any' | 'off'
  readonly portForward: boolean
  readonly onDemand: boolean
  /** Bytes stored of all torrents together; `null` for no limit. Not without `onDemand`. */
  readonly quotaBytes: number | null
  /** Of the data folder's disk, which stay free; `null` for none. */
  readonly reserveBytes: number | null
  /** When a block may be served before its piece is checked. */
  readonly verification: 'proven' | 'always' | 'off'
  readonly auth: Credentials | null
  /** Whether reading needs the password too. */
  readonly authReading: boolean
  /** IP addresses and networks that need no password. */
  readonly allowAddresses: readonly string[]
  /** Host names, or `*.` and one, in lower case. */
  readonly allowHosts: readonly string[]
  readonly trustProxy: boolean
  /** Regular expression (RE2) for origins of web pages that may use the API; `null` for none. */
  readonly corsAllow: string | null
  /** Whether the API may make torrents. */
  readonly allowCreate: boolean
  readonly trustLoopback: boolean
  /** Folder for what renderers ask; `null`: it is not recorded. */
  readonly record: string | null
  readonly demo: boolean
  readonly logLevel: LogLevel
  /** `null`: text on a terminal, JSON elsewhere. */
  readonly logFormat: 'text' | 'json' | null
  /** As given: magnets, URLs, paths, info hashes. */
  readonly torrents: readonly string[]
  /** Options that the command line or the environment named. */
  readonly given: ReadonlySet<OptionName>
}

export type Command =
  | { readonly kind: 'run'; readonly config: Config; readonly warnings: readonly string[] }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }

/** Something in the arguments or the environment is wrong; the message is one line and names it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/**
 * Reads the command line (without node and script) and the environment; argv wins. Throws
 * `ConfigError`. Unknown TRIBUTARY_* variables are warnings, because other programs may set them.
 */
export function parseConfig(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Command {
  const { values, positionals } = split(argv, OPTIONS)
  if (values.help === true) return { kind: 'help' }
  if (values.version === true) return { kind: 'version' }
  return {
    kind: 'run',
    config: readConfig(OPTIONS, { values, positionals }, env),
    warnings: unknownVariables(env).map((variable) => `${variable} is not an option of Tributary`),
  }
}

/** Text of options that count where neither the command line nor the environment says anything. */
export type OtherDefaults = Readonly<Partial<Record<string, string>>>

/**
 * What the command line and the environment say about some of the options of a server; all others
 * are as if nobody had said anything. Throws `ConfigError`.
 */
export function readConfig(
  options: readonly ServerOption[],
  { values, positionals }: Arguments,
  env: Readonly<Record<string, string | undefined>>,
  defaults: OtherDefaults = {},
): Config {
  const raw: Record<string, unknown> = { ...defaults }
  const sources: Record<string, string> = {}
  const given = new Set<OptionName>()
  for (const option of options) {
    const argument = values[option.name]
    const variable = variableOf(option)
    const value = argument ?? fromEnvironment(option, variable, env[variable])
    if (value === undefined) continue
    raw[option.name] = value
    sources[option.name] = argument === undefined ? variable : flagOf(option)
    given.add(option.name)
  }
  const result = configSchema.safeParse(raw)
  if (!result.success) throw configError(result.error, sources)
  return toConfig(result.data, positionals, given)
}

function toConfig(
  values: ConfigValues,
  torrents: readonly string[],
  given: ReadonlySet<OptionName>,
): Config {
  return {
    dir: values.dir ?? (values.demo ? null : './downloads'),
    port: values.port,
    host: values.host ?? null,
    name: values.name ?? null,
    interfaces: values.interface,
    dlna: values.dlna,
    mdns: values.mdns && values.dlna,
    ssdpMaxAgeSeconds: values['ssdp-max-age'],
    ssdpIntervalSeconds: values['ssdp-interval'] ?? null,
    ipv6Discovery: values['ipv6-discovery'],
    subtitleLanguages: values['subtitle-languages'],
    pictureCacheMebibytes: values['picture-cache'],
    peers: values.peer,
    peerPort: values['peer-port'],
    maxConnections: values['max-connections'],
    maxConnectionsPerTorrent: values['max-connections-per-torrent'],
    maxActiveDownloads: values['max-active-downloads'],
    maxActiveSeeds: values['max-active-seeds'],
    watch: values.watch ?? null,
    downloadBytesPerSecond: values['download-limit']?.bytesPerSecond,
    uploadBytesPerSecond: values['upload-limit']?.bytesPerSecond,
    dailyLimits: values['alt-limits'],
    bind: values.bind ?? null,
    nameServers: values['bind-dns'],
    blocklist: values.blocklist,
    seedRatio: values['seed-ratio'],
    seedMinutes: values['seed-minutes'],
    dht: values.dht,
    dhtBootstrap: values['dht-bootstrap'],
    lsd: values.lsd,
    trackers: values.trackers,
    webSeeds: values['web-seeds'],
    portForward: values['port-forward'],
    onDemand: values['on-demand'],
    quotaBytes: values.quota,
    reserveBytes: values.reserve,
    verification: values.verification,
    auth: values.auth ?? null,
    authReading: values['auth-reading'],
    allowAddresses: values['allow-address'],
    allowHosts: values['allow-host'],
    trustProxy: values['trust-proxy'],
    trustLoopback: values['trust-loopback'],
    corsAllow: values['cors-allow'] ?? null,
    allowCreate: values['allow-create'],
    record: values.record ?? null,
    demo: values.demo,
    logLevel: values['log-level'],
    logFormat: values['log-format'] ?? null,
    torrents,
    given,
  }
}

/** Splits a command line by its options. Throws `ConfigError`. */
export function split(argv: readonly string[], options: readonly Option[]): Arguments {
  try {
    const given = splitArguments(argv, options)
    const turned = ['help', 'version'].find((name) => given.values[name] === false)
    if (turned === undefined) return given
    throw new ConfigError(`unknown option '--no-${turned}'`)
  } catch (error) {
    if (!(error instanceof Error) || error instanceof ConfigError) throw error
    throw new ConfigError(complaint(error.message, options), { cause: error })
  }
}

/** node:util's message without its advice, which runs over several lines. */
function complaint(message: string, options: readonly Option[]): string {
  const [first = ''] = message.split(/\n|\. To specify/)
  const line = first.replace('argument is ambiguous.', 'argument missing')
  const [, unknown = ''] = /^Unknown option '(--[^']+)'/.exec(line) ?? []
  const meant = nearestWord(unknown, options.map(flagOf))
  const advice = meant === null ? '' : `; is it ${meant}?`
  return `${line.charAt(0).toLowerCase()}${line.slice(1)}${advice}`
}

/** An empty variable counts as unset: that is what `${X:-}` in a compose file leaves. */
function fromEnvironment(option: Option, variable: string, text = ''): unknown {
  if (text === '') return undefined
  if (option.kind === 'value') return text
  if (option.kind === 'list') return text.split(',').map((entry) => entry.trim())
  const isSet = SWITCH_WORDS.get(text.toLowerCase())
  if (isSet === undefined) throw new ConfigError(`${variable} must be 1 or 0, not "${text}"`)
  return option.kind === 'off' ? !isSet : isSet
}

const SWITCH_WORDS: ReadonlyMap<string, boolean> = new Map([
  ['1', true],
  ['true', true],
  ['yes', true],
  ['on', true],
  ['0', false],
  ['false', false],
  ['no', false],
  ['off', false],
])

function unknownVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set((OPTIONS as readonly Option[]).map(variableOf))
  return Object.keys(env).filter((key) => key.startsWith('TRIBUTARY_') && !known.has(key))
}

function configError(error: z.ZodError, sources: Readonly<Record<string, string>>): ConfigError {
  const [issue] = error.issues
  const option = String(issue?.path[0])
  return new ConfigError(`${sources[option] ?? option} ${issue?.message ?? 'is invalid'}`)
}
