import { describe, expect, it } from 'vitest'
import { parseCommandLine } from '../../src/config/command-line.ts'
import { COMMANDS, type CommandSpec, commandHelp, optionsOf } from '../../src/config/commands.ts'
import { ConfigError } from '../../src/config/config-error.ts'
import { flagOf } from '../../src/config/options/option.ts'

function complaintOf(argv: string[], env: Record<string, string> = {}): string {
  try {
    parseCommandLine(argv, env)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  throw new Error('it was accepted')
}

describe('a command line', () => {
  it('without a command, or with `server`, is that of the server', () => {
    const bare = parseCommandLine(['-p', '0', 'film.torrent'], {})
    expect(bare).toMatchObject({ kind: 'run', config: { port: 0, torrents: ['film.torrent'] } })
    expect(parseCommandLine(['server', '-p', '0', 'film.torrent'], {})).toEqual(bare)
    expect(parseCommandLine(['./server'], {})).toMatchObject({ config: { torrents: ['./server'] } })
    expect(parseCommandLine(['-p', '0', 'server'], {})).toMatchObject({
      config: { torrents: ['server'] },
    })
  })

  it('of a download has the options of a session, also from the environment', () => {
    const argv = [
      ...['download', '--only-files', '0,2', '--only-files', '5', '--download-limit', '2M'],
      ...['--bind', 'wg0', 'a.torrent', 'b.torrent'],
    ]
    expect(parseCommandLine(argv, { TRIBUTARY_DIR: '/films', TRIBUTARY_PORT: 'x' })).toMatchObject({
      kind: 'download',
      config: { dir: '/films', torrents: ['a.torrent', 'b.torrent'], bind: 'wg0' },
      onlyFiles: [0, 2, 5],
    })
  })

  it('of a share names a path, trackers and where the torrent file goes', () => {
    const argv = [
      ...['share', '--tracker', 'http://t.test/a', '--private', '--output', 'x', 'Film'],
      ...['--web-seed', 'http://w.test/', '--upload-limit', '1000'],
    ]
    expect(parseCommandLine(argv, {})).toMatchObject({
      ...{ webSeeds: ['http://w.test/'], config: { uploadBytesPerSecond: 1_000 } },
      ...{ kind: 'share', path: 'Film', trackers: ['http://t.test/a'], isPrivate: true },
      output: 'x',
    })
  })

  it('for a TV says what, on which and from where', () => {
    const play = ['play', '--on', 'Living room', '--from', '1:02:03', 'Show', 'S01E02']
    expect(parseCommandLine(play, {})).toMatchObject({
      ...{ kind: 'play', torrent: 'Show', file: 'S01E02', on: 'Living room', isNext: false },
      from: 3_723,
    })
    expect(parseCommandLine(['play', '--next', '7'], {})).toMatchObject({
      ...{ kind: 'play', torrent: '7', file: null, on: null, from: 0, isNext: true },
    })
    expect(parseCommandLine(['renderers', '--search'], {})).toMatchObject({
      ...{ kind: 'renderers', isSearch: true, asJson: false },
    })
    expect(complaintOf(['play', '7', '0', 'x'])).toContain('"x" is too much')
    expect(complaintOf(['play', '--from', 'later', '7'])).toContain('--from must be seconds')
  })

  it('for a running server says which, by folder or URL', () => {
    expect(parseCommandLine(['list', '-d', '/films'], { TRIBUTARY_AUTH: 'a:b' })).toMatchObject({
      ...{ kind: 'list', asJson: false },
      target: { url: null, config: { dir: '/films', auth: { user: 'a', password: 'b' } } },
    })
    const remove = ['remove', '--server', 'http://nas.lan:3030', '--delete-files', '3', '4']
    expect(parseCommandLine(remove, {})).toMatchObject({
      ...{ kind: 'remove', ids: ['3', '4'], deleteFiles: true },
      target: { url: new URL('http://nas.lan:3030') },
    })
    const add = ['add', '--paused', '--output-folder', 'sub', '--peer', '192.0.2.1:1', 'x']
    expect(parseCommandLine(add, {})).toMatchObject({
      ...{ kind: 'add', torrents: ['x'], isPaused: true, outputFolder: 'sub' },
      peers: ['192.0.2.1:1'],
    })
  })

  it.each<[string[], string]>([
    [['download'], 'something is missing: tributary download <torrent> ...'],
    [['share', 'a', 'b'], '"b" is too much: tributary share <path>'],
    [['list', 'x'], '"x" is too much: tributary list'],
    [['list', '--port', '1'], "unknown option '--port'"],
    [['list', '--sever', 'x'], "unknown option '--sever'; is it --server?"],
    [['remove', '3', 'film'], '"film" is no id and no info hash; tributary list shows the ids'],
    [['remove', ''], '"" is no id and no info hash'],
    [['help', 'lst'], 'there is no command "lst"'],
    [['completions', 'tcsh'], 'there are completions for bash, zsh, fish'],
    [
      ['list', '--server', 'nas'],
      '--server must be a URL such as http://localhost:3030, not "nas"',
    ],
    [['download', '--only-files', 'x', 'a'], '--only-files must be a file\'s index, not "x"'],
    [['download', '--peer-port', 'x', 'a'], /^--peer-port must be/.source],
  ])('%j is refused: %s', (argv, message) => {
    expect(complaintOf(argv)).toMatch(message.startsWith('^') ? new RegExp(message) : message)
  })

  it('asks for help by the word, too', () => {
    expect(parseCommandLine(['help'], {})).toEqual({ kind: 'help' })
    expect(parseCommandLine(['help', 'list'], {})).toEqual(parseCommandLine(['list', '-h'], {}))
  })

  it('that npm kept options of says what to type', () => {
    const npm = { npm_lifecycle_event: 'start', npm_package_name: 'tributary' }
    expect(complaintOf([], { ...npm, npm_config_demo: 'true' })).toBe(
      'npm took --demo for itself; type: npm start -- --demo',
    )
    expect(complaintOf([], { ...npm, npm_config_peer_port: '1' })).toContain('-- --peer-port')
    expect(complaintOf([], { ...npm, npm_config_dht: '' })).toContain('-- --no-dht')
    expect(parseCommandLine([], { npm_config_demo: 'true' })).toMatchObject({ kind: 'run' })
    expect(parseCommandLine([], npm)).toMatchObject({ kind: 'run' })
  })
})

describe('help of a command', () => {
  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    'for %s has its options, in lines that fit a terminal',
    (name, command: CommandSpec) => {
      const text = commandHelp(command)
      for (const option of optionsOf(command)) expect(text).toContain(` ${flagOf(option)}`)
      expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110)
      const kind = name === 'server' ? 'help' : 'command-help'
      expect(parseCommandLine([name, '--help'], {})).toMatchObject({ kind })
    },
  )
})
