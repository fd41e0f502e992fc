import { alignedRows, HELP_ROW, optionRows } from './help.ts'
import type { Option } from './options/option.ts'
import { OPTIONS, type OptionName, type ServerOption } from './options.ts'

/** What stands behind a command, for its help and for completion. */
export type Positional =
  | 'torrents'
  | 'path'
  | 'ids'
  | 'shell'
  | 'command'
  | 'torrent-and-file'
  | 'none'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** A word that the command line may begin with. */
export interface CommandSpec {
  readonly name: string
  /** One line, for the list of commands. */
  readonly summary: string
  /** What is typed behind the options. */
  readonly usage: string
  readonly positional: Positional
  /** Of the server's options those that count here, also from the environment. */
  readonly shared: readonly OptionName[]
  /** Options of this command alone, without variables in the environment. */
  readonly own: readonly Option[]
  /** Lines for its help. */
  readonly notes: readonly string[]
}

const SWARM = [
  ...['peer-port', 'max-connections', 'max-connections-per-torrent', 'dht', 'lsd', 'trackers'],
  ...['dht-bootstrap', 'port-forward', 'log-level', 'download-limit', 'upload-limit'],
  ...['web-seeds', 'blocklist', 'bind', 'bind-dns', 'proxy'],
] as const satisfies readonly OptionName[]

/** How a running server is found. */
const RUNNING = ['dir', 'auth'] as const satisfies readonly OptionName[]

const SERVER: Option = {
  name: 'server',
  kind: 'value',
  argument: 'url',
  help: 'the server to talk to',
  fallback: 'the one that runs in --dir',
}

export const COMMANDS = [
  {
    name: 'server',
    summary: 'run the server; what happens without a command, too',
    usage: '[torrent ...]',
    positional: 'torrents',
    shared: OPTIONS.map(({ name }) => name),
    own: [],
    notes: [],
  },
  {
    name: 'download',
    summary: 'download torrents, then end',
    usage: '<torrent> ...',
    positional: 'torrents',
    shared: ['dir', 'peer', ...SWARM],
    own: [
      {
        name: 'only-files',
        kind: 'list',
        argument: 'index',
        help: 'download these files alone, counted from 0 (repeatable)',
      },
    ],
    notes: [
      'Ends with 0 when everything is there and checked. Interrupted, it goes on where it was the next',
      'time. The torrents stay in the folder: a server that is started in it shares them.',
    ],
  },
  {
    name: 'share',
    summary: 'make a torrent of a file or folder, share it, print the magnet',
    usage: '<path>',
    positional: 'path',
    shared: SWARM,
    own: [
      {
        name: 'tracker',
        kind: 'list',
        argument: 'url',
        help: 'tracker to announce it to (repeatable)',
      },
      {
        name: 'web-seed',
        kind: 'list',
        argument: 'url',
        help: 'web server that has it as well; ends in / for a folder (repeatable)',
      },
      {
        name: 'private',
        kind: 'on',
        help: 'found by its trackers alone: no DHT, no exchange of peers',
      },
      {
        name: 'output',
        kind: 'value',
        argument: 'file',
        help: 'write the .torrent file there, too',
      },
    ],
    notes: ['Nothing is copied, and nothing is written beside the files. Ctrl-C ends sharing.'],
  },
  {
    name: 'list',
    summary: 'show the torrents of a running server',
    usage: '',
    positional: 'none',
    shared: RUNNING,
    own: [SERVER, { name: 'json', kind: 'on', help: 'print what the server answers' }],
    notes: [],
  },
  {
    name: 'add',
    summary: 'add torrents to a running server',
    usage: '<torrent> ...',
    positional: 'torrents',
    shared: [...RUNNING, 'peer'],
    own: [
      SERVER,
      { name: 'paused', kind: 'on', help: 'do not start them' },
      {
        name: 'output-folder',
        kind: 'value',
        argument: 'folder',
        help: 'where to store them, inside of the folder of the server',
      },
    ],
    notes: [],
  },
  {
    name: 'remove',
    summary: 'remove torrents from a running server',
    usage: '<id or info hash> ...',
    positional: 'ids',
    shared: RUNNING,
    own: [SERVER, { name: 'delete-files', kind: 'on', help: 'delete what was downloaded as well' }],
    notes: ['Files stay where they are unless --delete-files is given.'],
  },
  {
    name: 'renderers',
    summary: 'show the TVs and players that a running server can play to',
    usage: '',
    positional: 'none',
    shared: RUNNING,
    own: [
      SERVER,
      { name: 'search', kind: 'on', help: 'look for them now; takes a few seconds' },
      { name: 'json', kind: 'on', help: 'print what the server answers' },
    ],
    notes: [],
  },
  {
    name: 'play',
    summary: 'play a film of a running server on a TV',
    usage: '<torrent> [file]',
    positional: 'torrent-and-file',
    shared: RUNNING,
    own: [
      SERVER,
      {
        name: 'on',
        kind: 'value',
        argument: 'name',
        help: 'the TV: its name or a part of it, or its address',
        fallback: 'the only one',
      },
      {
        name: 'from',
        kind: 'value',
        argument: 'time',
        help: 'where to begin: seconds, or 1:23:45',
        fallback: '0',
      },
      { name: 'next', kind: 'on', help: 'play it after that which plays' },
    ],
    notes: [
      'The torrent is an id, an info hash or a part of its name; one that the server does not have (magnet,',
      'URL, .torrent file) is added. The file is its number or a part of its name.',
    ],
  },
  {
    name: 'health',
    summary: 'end with 0 where a server runs and is well, else with 1',
    usage: '',
    positional: 'none',
    shared: ['dir'],
    own: [SERVER],
    notes: [],
  },
  {
    name: 'completions',
    summary: 'print completions for bash, zsh or fish',
    usage: 'bash|zsh|fish',
    positional: 'shell',
    shared: [],
    own: [],
    notes: [
      'bash: tributary completions bash > ~/.local/share/bash-completion/completions/tributary',
      'zsh:  tributary completions zsh > /usr/local/share/zsh/site-functions/_tributary',
      'fish: tributary completions fish > ~/.config/fish/completions/tributary.fish',
    ],
  },
  {
    name: 'help',
    summary: 'print help for a command, or this',
    usage: '[command]',
    positional: 'command',
    shared: [],
    own: [],
    notes: [],
  },
] as const satisfies readonly CommandSpec[]

export type CommandName = (typeof COMMANDS)[number]['name']

/** The command that a word is; `null` for a torrent or an option. */
export function commandNamed(word: string | undefined): CommandSpec | null {
  return (COMMANDS as readonly CommandSpec[]).find(({ name }) => name === word) ?? null
}

/** Of the server's options those that a command shares, as the table has them. */
export function sharedOptions(command: CommandSpec): readonly ServerOption[] {
  return OPTIONS.filter(({ name }) => command.shared.includes(name))
}

/** Its own first, then those that it shares with a server. */
export function optionsOf(command: CommandSpec): readonly Option[] {
  return [...command.own, ...sharedOptions(command)]
}

/** The list of commands, in lines. */
export function commandRows(): readonly string[] {
  const rows = alignedRows(COMMANDS.map(({ name, summary }) => [name, summary]))
  return ['Commands (`tributary <command> --help` tells more):', ...rows, '']
}

export function commandHelp(command: CommandSpec): string {
  const { name, summary, usage, notes } = command
  return [
    `tributary ${name} [options] ${usage}`.trimEnd(),
    '',
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    ...notes,
    '',
    ...optionRows(optionsOf(command), [HELP_ROW]),
    '',
  ].join('\n')
}
