import { parseArgs } from 'node:util'
import { LOG_LEVELS } from '../log.ts'

/**
 * `value`: takes an argument, once. `list`: takes an argument, repeatable; comma-separated in the
 * environment. `on`: a switch that is off by default. `off`: a switch that is on by default and is
 * therefore shown as `--no-<name>`.
 */
export type OptionKind = 'value' | 'list' | 'on' | 'off'

export interface Option {
  readonly name: string
  readonly short?: string
  readonly kind: OptionKind
  readonly argument?: string
  /** All that the argument may be. */
  readonly choices?: readonly string[]
  readonly help: string
  /** Shown behind the help text; the value itself is config.ts's. */
  readonly fallback?: string
}

/** The one table: argv, environment, --help and the README's table come from it. */
export const OPTIONS = [
  {
    name: 'dir',
    short: 'd',
    kind: 'value',
    argument: 'folder',
    help: 'where files are stored',
    fallback: './downloads',
  },
  {
    name: 'port',
    short: 'p',
    kind: 'value',
    argument: 'n',
    help: 'HTTP port (API, streams, UPnP, web page)',
    fallback: '3030',
  },
  {
    name: 'host',
    kind: 'value',
    argument: 'address',
    help: 'listen address',
    fallback: ':: (all, IPv4 too)',
  },
  {
    name: 'name',
    kind: 'value',
    argument: 'text',
    help: 'friendly name on the TV',
    fallback: 'Tributary (<hostname>)',
  },
  {
    name: 'interface',
    kind: 'list',
    argument: 'name',
    help: 'announce only on this interface (repeatable)',
    fallback: 'all LAN interfaces',
  },
  { name: 'dlna', kind: 'off', help: 'HTTP only, announce nothing' },
  { name: 'mdns', kind: 'off', help: 'do not announce the page as tributary.local' },
  {
    name: 'ssdp-max-age',
    kind: 'value',
    argument: 'seconds',
    help: 'how long TVs may believe an announcement',
    fallback: '1800',
  },
  {
    name: 'ssdp-interval',
    kind: 'value',
    argument: 'seconds',
    help: 'longest time between two',
    fallback: 'max-age / 3, up to 600',
  },
  {
    name: 'ipv6-discovery',
    kind: 'on',
    help: 'announce on IPv6, too (ff02::c, ff05::c)',
    fallback: 'IPv4 only',
  },
  {
    name: 'subtitle-languages',
    kind: 'list',
    argument: 'language',
    help: 'preferred subtitles, best first: en, ger, pt-BR (repeatable)',
  },
  {
    name: 'picture-cache',
    kind: 'value',
    argument: 'MiB',
    help: 'disk space for pictures of films and music',
    fallback: '128',
  },
  {
    name: 'peer',
    kind: 'list',
    argument: 'ip:port',
    help: 'initial peer for the torrents given (repeatable)',
  },
  {
    name: 'peer-port',
    kind: 'value',
    argument: 'n',
    help: 'BitTorrent listen port',
    fallback: '4240',
  },
  {
    name: 'max-connections',
    kind: 'value',
    argument: 'n',
    help: 'connections with peers, over all torrents',
    fallback: '200',
  },
  {
    name: 'max-connections-per-torrent',
    kind: 'value',
    argument: 'n',
    help: 'the same for one torrent',
    fallback: '50',
  },
  {
    name: 'download-limit',
    kind: 'value',
    argument: 'rate',
    help: 'bytes/s over all torrents, as 500K, 2M; 0: none',
    fallback: 'as set last; none',
  },
  {
    name: 'upload-limit',
    kind: 'value',
    argument: 'rate',
    help: 'the same for what peers are sent',
    fallback: 'as set last; none',
  },
  {
    name: 'alt-limits',
    kind: 'list',
    argument: 'hours',
    help: 'other limits by hour: "mon-fri 22:00-07:00 down=5M up=500K"',
  },
  {
    name: 'seed-ratio',
    kind: 'value',
    argument: 'n',
    help: 'pause a torrent that has sent n times its size',
    fallback: 'no limit',
  },
  {
    name: 'seed-minutes',
    kind: 'value',
    argument: 'n',
    help: 'or that has been seeded for so long',
    fallback: 'no limit',
  },
  {
    name: 'blocklist',
    kind: 'value',
    argument: 'file|url',
    help: 'no peers of these addresses (p2p, .dat or CIDR, gzip too)',
  },
  {
    name: 'bind',
    kind: 'value',
    argument: 'interface|ip',
    help: 'all BitTorrent traffic by this one alone, as a VPN',
    fallback: 'any',
  },
  {
    name: 'bind-dns',
    kind: 'list',
    argument: 'ip',
    help: 'with --bind: name servers to ask by it (repeatable)',
    fallback: "the system's",
  },
  {
    name: 'proxy',
    kind: 'value',
    argument: 'url',
    help: 'not supported: the server refuses to start with it',
  },
  { name: 'dht', kind: 'off', help: 'do not use the DHT' },
  { name: 'dht-bootstrap', kind: 'list', argument: 'host:port', help: 'DHT node to ask first' },
  { name: 'lsd', kind: 'off', help: 'do not look for peers on the LAN' },
  { name: 'trackers', kind: 'off', help: 'do not announce to trackers' },
  {
    name: 'web-seeds',
    kind: 'value',
    argument: 'which',
    choices: ['public', 'any', 'off'],
    help: 'web servers of torrents: public, any (LAN, too), off',
    fallback: 'public',
  },
  { name: 'port-forward', kind: 'off', help: 'do not ask the router to forward the peer port' },
  {
    name: 'on-demand',
    kind: 'on',
    help: 'fetch only what somebody streams',
    fallback: 'download what is selected',
  },
  {
    name: 'quota',
    kind: 'value',
    argument: 'size',
    help: 'with --on-demand: free what was watched longest ago: 20GB',
    fallback: 'no limit',
  },
  {
    name: 'reserve',
    kind: 'value',
    argument: 'size',
    help: 'download nothing while the disk has less free: 5GB',
    fallback: 'none',
  },
  {
    name: 'max-active-downloads',
    kind: 'value',
    argument: 'n',
    help: 'torrents that download at once, beside those streamed',
    fallback: '50',
  },
  {
    name: 'max-active-seeds',
    kind: 'value',
    argument: 'n',
    help: 'finished torrents that are shared at once',
    fallback: '100',
  },
  {
    name: 'watch',
    kind: 'value',
    argument: 'folder',
    help: 'add every .torrent and .magnet file that is put into this folder',
  },
  {
    name: 'verification',
    kind: 'value',
    argument: 'when',
    choices: ['proven', 'always', 'off'],
    help: 'serve unchecked bytes: proven (from good peers), always, off',
    fallback: 'proven',
  },
  {
    name: 'auth',
    kind: 'value',
    argument: 'user:pass',
    help: 'password for everything that changes something',
  },
  {
    name: 'auth-reading',
    kind: 'on',
    help: 'reading needs the password, too',
    fallback: 'open to the LAN',
  },
  {
    name: 'allow-address',
    kind: 'list',
    argument: 'ip or cidr',
    help: 'may read and change without a password (repeatable)',
  },
  {
    name: 'allow-host',
    kind: 'list',
    argument: 'name',
    help: 'is our name, too: nas.example, *.lan (repeatable)',
  },
  {
    name: 'trust-proxy',
    kind: 'on',
    help: 'believe X-Forwarded-* from any address',
    fallback: 'loopback only',
  },
  {
    name: 'trust-loopback',
    kind: 'on',
    help: 'with --auth: spare this machine the password',
    fallback: 'it needs it too',
  },
  {
    name: 'cors-allow',
    kind: 'value',
    argument: 'regex',
    help: 'origins of other web pages that may use the API',
    fallback: 'none',
  },
  {
    name: 'allow-create',
    kind: 'on',
    help: 'let the API make torrents of what lies in the data folder',
  },
  {
    name: 'record',
    kind: 'value',
    argument: 'folder',
    help: 'write what renderers ask into this folder, without addresses',
  },
  { name: 'demo', kind: 'on', help: 'bundled clips from a local peer' },
  {
    name: 'log-level',
    kind: 'value',
    argument: 'level',
    choices: LOG_LEVELS,
    help: 'silent, fatal, error, warn, info, debug or trace',
    fallback: 'info',
  },
  {
    name: 'log-format',
    kind: 'value',
    argument: 'form',
    choices: ['text', 'json'],
    help: 'text (for people) or json (one object a line)',
    fallback: 'text on a terminal',
  },
] as const satisfies readonly Option[]

/** An option of the server. */
export type ServerOption = (typeof OPTIONS)[number]

export type OptionName = ServerOption['name']

/** `--peer-port`; a switch that is on by default is asked for by its negative, `--no-dht`. */
export function flagOf({ name, kind }: Pick<Option, 'name' | 'kind'>): string {
  return kind === 'off' ? `--no-${name}` : `--${name}`
}

/** `TRIBUTARY_PEER_PORT`, `TRIBUTARY_NO_DHT`. */
export function variableOf(option: Pick<Option, 'name' | 'kind'>): string {
  return `TRIBUTARY_${flagOf(option).slice(2).replaceAll('-', '_').toUpperCase()}`
}

export interface Arguments {
  readonly values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>
  readonly positionals: readonly string[]
}

/**
 * Splits a command line by a table of options; switches may be negated or, where they are negative,
 * asserted. Throws what node:util throws.
 */
export function splitArguments(argv: readonly string[], table: readonly Option[]): Arguments {
  const options: NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']> = {
    help: { type: 'boolean', short: 'h' },
    version: { type: 'boolean', short: 'V' },
  }
  for (const option of table) {
    const type = option.kind === 'value' || option.kind === 'list' ? 'string' : 'boolean'
    const short = option.short === undefined ? {} : { short: option.short }
    options[option.name] = { type, multiple: option.kind === 'list', ...short }
  }
  return parseArgs({ args: [...argv], options, allowPositionals: true, allowNegative: true })
}
