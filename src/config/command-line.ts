import { type Arguments, splitArguments } from './arguments.ts'
import {
  type CommandName,
  type CommandSpec,
  commandNamed,
  optionsOf,
  type Positional,
  SHELLS,
  type Shell,
  sharedOptions,
} from './commands.ts'
import { type Command, type Config, parseConfig, readConfig } from './config.ts'
import { ConfigError } from './config-error.ts'
import type { Environment } from './environment.ts'
import { flagOf, type Option } from './options/option.ts'
import { OPTIONS } from './options.ts'

/** Which running server is meant, and how it lets us in. */
export interface ServerTarget {
  /** `null`: the one that runs in `config.dir`. */
  readonly url: URL | null
  readonly config: Pick<Config, 'dir' | 'auth'>
}

/** What a person wants done. */
export type CommandLine = Command | OtherCommand

/** Anything but running the server. */
export type OtherCommand =
  | { readonly kind: 'command-help'; readonly command: CommandSpec }
  | {
      readonly kind: 'download'
      /** Its `torrents` are at least one. */
      readonly config: Config
      /** Indices; `null`: all. */
      readonly onlyFiles: readonly number[] | null
    }
  | {
      readonly kind: 'share'
      readonly config: Config
      readonly path: string
      readonly trackers: readonly string[]
      readonly webSeeds: readonly string[]
      readonly isPrivate: boolean
      /** Where the torrent file is written; `null`: nowhere. */
      readonly output: string | null
    }
  | { readonly kind: 'list'; readonly target: ServerTarget; readonly asJson: boolean }
  | {
      readonly kind: 'add'
      readonly target: ServerTarget
      readonly torrents: readonly string[]
      readonly peers: readonly string[]
      readonly isPaused: boolean
      readonly outputFolder: string | null
    }
  | {
      readonly kind: 'remove'
      readonly target: ServerTarget
      /** Ids or info hashes. */
      readonly ids: readonly string[]
      readonly deleteFiles: boolean
    }
  | {
      readonly kind: 'renderers'
      readonly target: ServerTarget
      readonly asJson: boolean
      /** Whether they are looked for first. */
      readonly isSearch: boolean
    }
  | {
      readonly kind: 'play'
      readonly target: ServerTarget
      readonly torrent: string
      /** `null`: the one that there is. */
      readonly file: string | null
      /** Of the renderer; `null`: the only one. */
      readonly on: string | null
      /** Seconds. */
      readonly from: number
      /** Whether it is played after that which plays. */
      readonly isNext: boolean
    }
  | { readonly kind: 'health'; readonly target: ServerTarget }
  | { readonly kind: 'completions'; readonly shell: Shell }

/** What talks to a person at work says nothing but what is wrong, unless it is asked to. */
const QUIET = { 'log-level': 'warn' }

/**
 * Reads a command line (without node and script) that may begin with a command; without one it is
 * that of a server. Throws `ConfigError`.
 */
export function parseCommandLine(argv: readonly string[], env: Environment): CommandLine {
  refuseOptionsOfNpm(env)
  const command = commandNamed(argv[0])
  if (command === null) return parseConfig(argv, env)
  const rest = argv.slice(1)
  const given = splitArguments(rest, optionsOf(command))
  if (given.values.help === true) {
    return command.name === 'server' ? { kind: 'help' } : { kind: 'command-help', command }
  }
  if (given.values.version === true) return { kind: 'version' }
  return read(command, { rest, given, env })
}

/** `help`, and `help list`. Throws ConfigError. */
function helpOn(word: string | undefined): CommandLine {
  if (word === undefined || word === 'server') return { kind: 'help' }
  const command = commandNamed(word)
  if (command === null) throw new ConfigError(`there is no command "${word}"`)
  return { kind: 'command-help', command }
}

interface Given {
  /** Behind the command. */
  readonly rest: readonly string[]
  readonly given: Arguments
  readonly env: Environment
}

function read(command: CommandSpec, { rest, given, env }: Given): CommandLine {
  const { values, positionals } = given
  requirePositionals(command, positionals)
  const config = readConfig(sharedOptions(command), given, env, QUIET)
  const target = { url: serverUrl(values.server), config }
  switch (command.name as CommandName) {
    case 'server':
      return parseConfig(rest, env)
    case 'download':
      return { kind: 'download', config, onlyFiles: indices(values['only-files']) }
    case 'share':
      return {
        kind: 'share',
        config,
        path: positionals[0] ?? '',
        trackers: texts(values.tracker),
        webSeeds: texts(values['web-seed']),
        isPrivate: values.private === true,
        output: text(values.output),
      }
    case 'list':
      return { kind: 'list', target, asJson: values.json === true }
    case 'add':
      return {
        ...{ kind: 'add', target, torrents: positionals, peers: config.peers },
        isPaused: values.paused === true,
        outputFolder: text(values['output-folder']),
      }
    case 'remove':
      return {
        ...{ kind: 'remove', target, ids: positionals.map(idOrHash) },
        deleteFiles: values['delete-files'] === true,
      }
    case 'renderers': {
      const { json, search } = values
      return { kind: 'renderers', target, asJson: json === true, isSearch: search === true }
    }
    case 'play':
      return {
        ...{ kind: 'play', target, torrent: positionals[0] ?? '', file: positionals[1] ?? null },
        ...{ on: text(values.on), from: seconds(values.from), isNext: values.next === true },
      }
    case 'health':
      return { kind: 'health', target }
    case 'help':
      return helpOn(positionals[0])
    case 'completions':
      return { kind: 'completions', shell: shellNamed(positionals[0]) }
  }
}

const MOST_POSITIONALS: Readonly<Record<Positional, number>> = {
  ...{ none: 0, path: 1, shell: 1, command: 1, 'torrent-and-file': 2 },
  ...{ torrents: Infinity, ids: Infinity },
}

/** Throws ConfigError where a command has too little or too much behind it. */
function requirePositionals(command: CommandSpec, positionals: readonly string[]): void {
  const { name, usage, positional } = command
  const typed = `tributary ${name} ${usage}`.trimEnd()
  const isNeeded = positional !== 'none' && name !== 'server' && name !== 'help'
  if (isNeeded && positionals.length === 0) throw new ConfigError(`something is missing: ${typed}`)
  const most = MOST_POSITIONALS[positional]
  const extra = positionals[most]
  if (extra !== undefined) throw new ConfigError(`"${extra}" is too much: ${typed}`)
}

function idOrHash(word: string): string {
  if (/^(?:\d{1,15}|[\da-f]{40}|[a-z2-7]{32})$/i.test(word)) return word
  throw new ConfigError(`"${word}" is no id and no info hash; tributary list shows the ids`)
}

function shellNamed(word: string | undefined): Shell {
  const shell = SHELLS.find((name) => name === word)
  if (shell === undefined) throw new ConfigError(`there are completions for ${SHELLS.join(', ')}`)
  return shell
}

function text(value: Arguments['values'][string]): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

function texts(value: Arguments['values'][string]): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}

function indices(value: Arguments['values'][string]): readonly number[] | null {
  const words = texts(value).flatMap((word) => word.split(','))
  const wrong = words.find((word) => !/^\d{1,6}$/.test(word))
  if (wrong !== undefined)
    throw new ConfigError(`--only-files must be a file's index, not "${wrong}"`)
  return words.length === 0 ? null : words.map(Number)
}

/** Of `90`, `1:30` or `0:01:30`. */
function seconds(value: Arguments['values'][string]): number {
  const given = text(value)
  if (given === null) return 0
  if (!/^(?:\d{1,3}:){0,2}\d{1,6}$/.test(given)) {
    throw new ConfigError(`--from must be seconds or a time such as 1:23:45, not "${given}"`)
  }
  return given.split(':').reduce((total, part) => total * 60 + Number(part), 0)
}

function serverUrl(value: Arguments['values'][string]): URL | null {
  const given = text(value)
  if (given === null) return null
  const url = URL.canParse(given) ? new URL(given) : null
  if (url !== null && /^https?:$/.test(url.protocol)) return url
  throw new ConfigError(`--server must be a URL such as http://localhost:3030, not "${given}"`)
}

/** npm keeps the options in front of `--` for itself, and hands them on as its own settings. */
function refuseOptionsOfNpm(env: Environment): void {
  if (env.npm_lifecycle_event !== 'start' || env.npm_package_name !== 'tributary') return
  const known: readonly Option[] = OPTIONS
  const taken = known.find(
    ({ name }) => env[`npm_config_${name.replaceAll('-', '_')}`] !== undefined,
  )
  if (taken === undefined) return
  const flag = flagOf(taken)
  throw new ConfigError(`npm took ${flag} for itself; type: npm start -- ${flag}`)
}
