import { describe, expect, it } from 'vitest'
import { type Config, parseConfig } from '../../src/config/config.ts'
import { ConfigError } from '../../src/config/config-error.ts'

function configOf(argv: string[], env: Record<string, string> = {}): Config {
  const command = parseConfig(argv, env)
  if (command.kind !== 'run') throw new Error(`asked for ${command.kind}`)
  return command.config
}

function complaintOf(argv: string[], env: Record<string, string> = {}): string {
  try {
    parseConfig(argv, env)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as ConfigError).message
  }
  throw new Error('nothing was wrong')
}

describe('parseConfig()', () => {
  it('says which options were named, and which only have their defaults', () => {
    const { given } = configOf(['--port', '8080', '--no-dht'], { TRIBUTARY_DEMO: '1' })
    expect(given).toEqual(new Set(['port', 'dht', 'demo']))
  })

  it('has the documented defaults', () => {
    expect(configOf([])).toEqual({
      dir: './downloads',
      port: 3030,
      host: null,
      name: null,
      interfaces: [],
      dlna: true,
      mdns: true,
      ssdpMaxAgeSeconds: 1_800,
      ssdpIntervalSeconds: null,
      ipv6Discovery: false,
      subtitleLanguages: [],
      pictureCacheMebibytes: 128,
      dhtBootstrap: [],
      peers: [],
      peerPort: 4240,
      maxConnections: 200,
      maxConnectionsPerTorrent: 50,
      maxActiveDownloads: 50,
      maxActiveSeeds: 100,
      watch: null,
      dht: true,
      lsd: true,
      trackers: true,
      ...{ dailyLimits: [], seedRatio: null, seedMinutes: null, blocklist: undefined },
      ...{ bind: null, nameServers: [] },
      webSeeds: 'public',
      portForward: true,
      onDemand: false,
      quotaBytes: null,
      reserveBytes: null,
      verification: 'proven',
      auth: null,
      authReading: false,
      allowAddresses: [],
      allowHosts: [],
      trustProxy: false,
      trustLoopback: false,
      corsAllow: null,
      allowCreate: false,
      record: null,
      demo: false,
      logLevel: 'info',
      logFormat: null,
      torrents: [],
      given: expect.any(Set),
    })
  })

  it('reads every option from the command line', () => {
    const argv = [
      ...['-d', '/films', '-p', '8080', '--host', '192.0.2.1', '--name', 'Den'],
      ...['--interface', 'eth0', '--interface', 'eth1', '--no-dlna'],
      ...['--ssdp-max-age', '86400', '--ssdp-interval=60', '--ipv6-discovery'],
      ...['--subtitle-languages', 'ger', '--subtitle-languages', 'pt_br, EN'],
      ...['--picture-cache', '256'],
      ...['--dht-bootstrap', 'node.example:6881', '--dht-bootstrap=192.0.2.7:1'],
      ...['--peer', '192.0.2.9:6881', '--peer', '[2001:db8::1]:6881', '--peer-port=4241'],
      ...['--max-connections', '300', '--max-connections-per-torrent=30'],
      ...['--max-active-downloads', '0', '--max-active-seeds=7', '--watch', '/incoming'],
      ...['--no-dht', '--no-lsd', '--no-trackers', '--no-port-forward', '--on-demand'],
      ...['--quota', '20GB', '--reserve', '5GB'],
      ...['--verification', 'always', '--auth', 'me:a:b', '--trust-proxy'],
      ...['--cors-allow', '^https://page', '--allow-create'],
      ...['--trust-loopback', '--record', '/record', '--demo'],
      ...['--log-level', 'debug', 'magnet:?xt=1', 'film.torrent'],
    ]
    expect(configOf(argv)).toEqual({
      dir: '/films',
      port: 8080,
      host: '192.0.2.1',
      name: 'Den',
      interfaces: ['eth0', 'eth1'],
      dlna: false,
      mdns: false,
      ssdpMaxAgeSeconds: 86_400,
      ssdpIntervalSeconds: 60,
      ipv6Discovery: true,
      subtitleLanguages: ['de', 'pt-BR', 'en'],
      pictureCacheMebibytes: 256,
      dhtBootstrap: ['node.example:6881', '192.0.2.7:1'],
      peers: ['192.0.2.9:6881', '[2001:db8::1]:6881'],
      peerPort: 4241,
      maxConnections: 300,
      maxConnectionsPerTorrent: 30,
      maxActiveDownloads: 0,
      maxActiveSeeds: 7,
      watch: '/incoming',
      dht: false,
      lsd: false,
      trackers: false,
      ...{ dailyLimits: [], seedRatio: null, seedMinutes: null, blocklist: undefined },
      ...{ bind: null, nameServers: [] },
      webSeeds: 'public',
      portForward: false,
      onDemand: true,
      quotaBytes: 20 * 1024 ** 3,
      reserveBytes: 5 * 1024 ** 3,
      verification: 'always',
      auth: { user: 'me', password: 'a:b' },
      authReading: false,
      allowAddresses: [],
      allowHosts: [],
      trustProxy: true,
      trustLoopback: true,
      corsAllow: '^https://page',
      allowCreate: true,
      record: '/record',
      demo: true,
      logLevel: 'debug',
      logFormat: null,
      torrents: ['magnet:?xt=1', 'film.torrent'],
      given: expect.any(Set),
    })
  })

  it('reads every option from the environment', () => {
    const env = {
      TRIBUTARY_DIR: '/films',
      TRIBUTARY_PORT: '8080',
      TRIBUTARY_HOST: 'localhost',
      TRIBUTARY_NAME: 'Den',
      TRIBUTARY_INTERFACE: 'eth0, eth1',
      TRIBUTARY_NO_DLNA: '1',
      TRIBUTARY_SSDP_MAX_AGE: '86400',
      TRIBUTARY_SSDP_INTERVAL: '60',
      TRIBUTARY_IPV6_DISCOVERY: '1',
      TRIBUTARY_SUBTITLE_LANGUAGES: 'ger, pt_br,EN',
      TRIBUTARY_PICTURE_CACHE: '256',
      TRIBUTARY_DHT_BOOTSTRAP: 'node.example:6881',
      TRIBUTARY_PEER: '192.0.2.9:6881,[2001:db8::1]:6881',
      TRIBUTARY_PEER_PORT: '0',
      TRIBUTARY_MAX_CONNECTIONS: '10000',
      TRIBUTARY_MAX_CONNECTIONS_PER_TORRENT: '1',
      TRIBUTARY_MAX_ACTIVE_DOWNLOADS: '10000',
      TRIBUTARY_MAX_ACTIVE_SEEDS: '0',
      TRIBUTARY_WATCH: '/incoming',
      TRIBUTARY_NO_DHT: 'true',
      TRIBUTARY_NO_LSD: 'yes',
      TRIBUTARY_NO_TRACKERS: 'on',
      TRIBUTARY_NO_PORT_FORWARD: '1',
      TRIBUTARY_ON_DEMAND: '1',
      TRIBUTARY_VERIFICATION: 'off',
      TRIBUTARY_AUTH: 'me:secret',
      TRIBUTARY_TRUST_PROXY: '1',
      TRIBUTARY_TRUST_LOOPBACK: '1',
      TRIBUTARY_CORS_ALLOW: '^https://page',
      TRIBUTARY_ALLOW_CREATE: '1',
      TRIBUTARY_RECORD: '/record',
      TRIBUTARY_DEMO: '1',
      TRIBUTARY_LOG_LEVEL: 'warn',
    }
    expect(configOf([], env)).toEqual({
      dir: '/films',
      port: 8080,
      host: '127.0.0.1',
      name: 'Den',
      interfaces: ['eth0', 'eth1'],
      dlna: false,
      mdns: false,
      ssdpMaxAgeSeconds: 86_400,
      ssdpIntervalSeconds: 60,
      ipv6Discovery: true,
      subtitleLanguages: ['de', 'pt-BR', 'en'],
      pictureCacheMebibytes: 256,
      dhtBootstrap: ['node.example:6881'],
      peers: ['192.0.2.9:6881', '[2001:db8::1]:6881'],
      peerPort: 0,
      maxConnections: 10_000,
      maxConnectionsPerTorrent: 1,
      maxActiveDownloads: 10_000,
      maxActiveSeeds: 0,
      watch: '/incoming',
      dht: false,
      lsd: false,
      trackers: false,
      ...{ dailyLimits: [], seedRatio: null, seedMinutes: null, blocklist: undefined },
      ...{ bind: null, nameServers: [] },
      webSeeds: 'public',
      portForward: false,
      onDemand: true,
      quotaBytes: null,
      reserveBytes: null,
      verification: 'off',
      auth: { user: 'me', password: 'secret' },
      authReading: false,
      allowAddresses: [],
      allowHosts: [],
      trustProxy: true,
      trustLoopback: true,
      corsAllow: '^https://page',
      allowCreate: true,
      record: '/record',
      demo: true,
      logLevel: 'warn',
      logFormat: null,
      torrents: [],
      given: expect.any(Set),
    })
  })

  it('lets the command line win, lists and switches too', () => {
    const env = {
      TRIBUTARY_PORT: '1',
      TRIBUTARY_PEER: '192.0.2.1:1',
      TRIBUTARY_NO_DHT: '1',
      TRIBUTARY_ON_DEMAND: '1',
    }
    const argv = ['--port', '2', '--peer', '192.0.2.2:2', '--dht', '--no-on-demand']
    expect(configOf(argv, env)).toMatchObject({
      port: 2,
      peers: ['192.0.2.2:2'],
      dht: true,
      onDemand: false,
    })
  })

  it('takes an empty variable for an absent one, and 0 for no', () => {
    const env = { TRIBUTARY_PORT: '', TRIBUTARY_AUTH: '', TRIBUTARY_NO_DHT: '0' }
    expect(configOf([], env)).toMatchObject({ port: 3030, auth: null, dht: true })
  })

  it('leaves the folder of a demo open, unless one is given', () => {
    expect(configOf(['--demo']).dir).toBeNull()
    expect(configOf(['--demo', '--dir', 'x']).dir).toBe('x')
  })

  it('takes what stands behind -- for torrents', () => {
    expect(configOf(['--', '--dht']).torrents).toEqual(['--dht'])
  })

  it('tells help and version from a run, whatever else is wrong with it', () => {
    expect(parseConfig(['-h', '--port', 'x'], {})).toEqual({ kind: 'help' })
    expect(parseConfig(['--version'], {})).toEqual({ kind: 'version' })
  })

  it('warns of variables that nobody reads', () => {
    expect(parseConfig([], { TRIBUTARY_PROT: '1', HOME: '/' })).toMatchObject({
      kind: 'run',
      warnings: ['TRIBUTARY_PROT is not an option of Tributary'],
    })
  })
})

describe('a ConfigError', () => {
  it.each([
    [['--prot', '1'], "unknown option '--prot'; is it --port?"],
    [['-x'], "unknown option '-x'"],
    [['--no-port'], "unknown option '--no-port'"],
    [['--no-help'], "unknown option '--no-help'"],
    [['--port'], "option '-p, --port <value>' argument missing"],
    [['--port', '--demo'], "option '--port' argument missing"],
    [['--dht=1'], "option '--dht' does not take an argument"],
    [['--port', '65536'], '--port must be a whole number from 0 to 65535, not "65536"'],
    [['--port', '80.5'], '--port must be a whole number from 0 to 65535, not "80.5"'],
    [['--peer-port', ''], '--peer-port must be a whole number from 0 to 65535, not ""'],
    ...['0', '-1', '10001', 'all'].map((n): [string[], string] => [
      [`--max-connections=${n}`],
      `--max-connections must be a whole number from 1 to 10000, not "${n}"`,
    ]),
    ...['59', '604801', '1e3', ''].map((n): [string[], string] => [
      [`--ssdp-max-age=${n}`],
      `--ssdp-max-age must be a whole number of seconds from 60 to 604800, not "${n}"`,
    ]),
    [
      ['--ssdp-interval=4'],
      '--ssdp-interval must be a whole number of seconds from 5 to 302400, not "4"',
    ],
    [
      ['--ssdp-interval=901'],
      '--ssdp-interval must be at most half of --ssdp-max-age: 900, not 901',
    ],
    [['--host', 'nas.lan'], '--host must be an IP address or localhost, not "nas.lan"'],
    [['--name', ' \n '], '--name must be 1 to 63 printable characters, not " \\n "'],
    [['--dir', ''], '--dir must not be empty'],
    [
      ['--subtitle-languages', 'Klingonisch'],
      '--subtitle-languages must be languages, as en or pt-BR, not "Klingonisch"',
    ],
    [['--peer', '192.0.2.1'], '--peer must be ip:port, not "192.0.2.1"'],
    [['--peer', '192.0.2.1:0'], '--peer must be ip:port, not "192.0.2.1:0"'],
    [['--peer', 'tv:6881'], '--peer must be ip:port, not "tv:6881"'],
    [['--peer', '2001:db8::1:6881'], '--peer must be ip:port, not "2001:db8::1:6881"'],
    [['--verification', 'no'], '--verification must be one of proven, always, off, not "no"'],
    [['--quota', '20GB'], '--quota needs --on-demand: what is freed would be downloaded again'],
    [['--quota', '5M'], '--quota must be 128M or more, as 20GB, or 0 for no limit, not "5M"'],
    [
      ['--download-limit', '4G'],
      '--download-limit must be bytes per second below 4G, as 750000, 500K or 2M, not "4G"',
    ],
    [['--auth', 'secret'], '--auth must be user:pass, neither of them empty'],
    [['--auth', ':secret'], '--auth must be user:pass, neither of them empty'],
  ])('for %j says: %s', (argv, message) => {
    expect(complaintOf(argv)).toBe(message)
  })

  it('names the variable where the value came from the environment', () => {
    expect(complaintOf([], { TRIBUTARY_PORT: 'x' })).toMatch(/^TRIBUTARY_PORT must be/)
    expect(complaintOf([], { TRIBUTARY_NO_DHT: 'x' })).toBe(
      'TRIBUTARY_NO_DHT must be 1 or 0, not "x"',
    )
  })
})

describe('--proxy', () => {
  it('is refused at the start: a proxy that peers get past is none', () => {
    expect(() => parseConfig(['--proxy=socks5://me:secret@127.0.0.1:1080'], {})).toThrow(
      /^--proxy is not supported, as peers would see the real address/,
    )
    expect(() => parseConfig([], { TRIBUTARY_PROXY: 'socks5://127.0.0.1' })).toThrow(
      /^TRIBUTARY_PROXY is not supported/,
    )
  })

  it('is told of where the environment names one for other programs, without its password', () => {
    const env = { ALL_PROXY: 'socks5://me:secret@127.0.0.1', http_proxy: '', no_proxy: 'x' }
    expect(parseConfig([], env)).toMatchObject({
      warnings: ['ALL_PROXY is not used: peers and trackers see the real address (--bind)'],
    })
  })
})
