// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is how shells write variables.
import { COMMANDS, type CommandSpec, optionsOf, SHELLS, type Shell } from '../config/commands.ts'
import { flagOf, type Option } from '../config/options/option.ts'
import { OPTIONS } from '../config/options.ts'

/** What may be typed for the argument of an option, or behind a command. */
type Words =
  | { readonly kind: 'files' }
  | { readonly kind: 'folders' }
  | { readonly kind: 'these'; readonly words: readonly string[] }
  | { readonly kind: 'anything' }

/** A script for the shell, to be put where it looks for completions. */
export function completionScript(shell: Shell): string {
  switch (shell) {
    case 'bash':
      return bashScript()
    case 'zsh':
      return zshScript()
    case 'fish':
      return fishScript()
  }
}

/** `null`: the command line of a server, without a command. */
const FORMS: readonly (CommandSpec | null)[] = [null, ...COMMANDS]

function optionsIn(form: CommandSpec | null): readonly Option[] {
  return form === null ? OPTIONS : optionsOf(form)
}

function positionalIn(form: CommandSpec | null): Words {
  switch (form?.positional ?? 'torrents') {
    case 'torrents':
    case 'path':
      return { kind: 'files' }
    case 'shell':
      return { kind: 'these', words: SHELLS }
    case 'command':
      return { kind: 'these', words: COMMANDS.map(({ name }) => name) }
    case 'ids':
    case 'torrent-and-file':
    case 'none':
      return { kind: 'anything' }
  }
}

function argumentOf({ choices, argument }: Option): Words {
  if (choices !== undefined) return { kind: 'these', words: choices }
  if (argument === 'folder') return { kind: 'folders' }
  return argument?.split('|').includes('file') ? { kind: 'files' } : { kind: 'anything' }
}

/** What is typed for an option: `--dir`, `-d`. */
function flagsOf(option: Option): readonly string[] {
  return [flagOf(option), ...(option.short === undefined ? [] : [`-${option.short}`])]
}

const HELP_FLAGS = ['--help', '-h']
const VERSION_FLAGS = ['--version', '-V']

function bashScript(): string {
  const commands = COMMANDS.map(({ name }) => name)
  const cases = FORMS.flatMap((form) => {
    const options = optionsIn(form)
    const flags = [...options.map(flagOf), ...(form === null ? ['--version'] : []), '--help']
    const withArgument = options.filter(({ argument }) => argument !== undefined)
    return [
      `    ${form === null ? '*' : form.name})`,
      `      flags='${flags.join(' ')}'`,
      `      rest=(${bashWords(positionalIn(form))})`,
      '      case $previous in',
      ...withArgument.map((option) => {
        return `        ${flagsOf(option).join('|')}) rest=(${bashWords(argumentOf(option))}); flags= ;;`
      }),
      '      esac',
      '      ;;',
    ]
  })
  // Of a `case` the first that fits counts: the one for everything goes last.
  const split = cases.findIndex((line) => line.startsWith('    server)'))
  return `${[
    '# bash completion for tributary',
    '_tributary() {',
    '  local current=$2 previous=$3 flags= rest=()',
    '  COMPREPLY=()',
    '  case ${COMP_WORDS[1]} in',
    ...cases.slice(split),
    ...cases.slice(0, split),
    '  esac',
    '  if [[ $current == -* && -n $flags ]]; then',
    '    mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$current")',
    '    return',
    '  fi',
    '  if (( ${#rest[@]} )); then',
    '    [[ ${rest[0]} != -W ]] && compopt -o filenames 2>/dev/null',
    '    mapfile -t COMPREPLY < <(compgen "${rest[@]}" -- "$current")',
    '  fi',
    '  if (( COMP_CWORD == 1 )); then',
    `    mapfile -t -O "\${#COMPREPLY[@]}" COMPREPLY < <(compgen -W '${commands.join(' ')}' -- "$current")`,
    '  fi',
    '}',
    'complete -F _tributary tributary',
  ].join('\n')}\n`
}

function bashWords(words: Words): string {
  switch (words.kind) {
    case 'files':
      return '-f'
    case 'folders':
      return '-d'
    case 'these':
      return `-W '${words.words.join(' ')}'`
    case 'anything':
      return ''
  }
}

function zshScript(): string {
  const commands = COMMANDS.map(({ name, summary }) => `    ${zshQuoted(`${name}:${summary}`)}`)
  const forms = FORMS.map((form) => {
    const specs = [
      ...optionsIn(form).flatMap(zshOption),
      ...(form === null ? [zshSwitch(VERSION_FLAGS, 'print the version')] : []),
      zshSwitch(HELP_FLAGS, 'print help'),
      ...zshPositional(positionalIn(form)),
    ]
    const pattern = form === null ? '*' : form.name
    return {
      pattern,
      lines: [`    ${pattern})`, '      _arguments -s \\', ...joined(specs), '      ;;'],
    }
  })
  const last = forms.slice(0, 1)
  return `${[
    '#compdef tributary',
    '_tributary() {',
    '  local -a commands=(',
    ...commands,
    '  )',
    '  if (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then',
    "    _describe -t commands 'command' commands",
    '    _files',
    '    return',
    '  fi',
    '  local command=${words[2]}',
    '  if (( ${commands[(I)$command:*]} )); then',
    '    shift words',
    '    (( CURRENT-- ))',
    '  fi',
    '  case $command in',
    ...[...forms.slice(1), ...last].flatMap(({ lines }) => lines),
    '  esac',
    '}',
    // Both as a file that is loaded by itself and as one that is read.
    'if [[ $funcstack[1] == _tributary ]]; then _tributary "$@"; else compdef _tributary tributary; fi',
  ].join('\n')}\n`
}

function joined(specs: readonly string[]): string[] {
  return specs.map((spec, i) => `        ${spec}${i === specs.length - 1 ? '' : ' \\'}`)
}

function zshOption(option: Option): string[] {
  const repeat = option.kind === 'list' ? '*' : ''
  const meaning = `[${zshEscaped(option.help)}]`
  const argument =
    option.argument === undefined
      ? ''
      : `:${zshEscaped(option.argument)}:${zshWords(argumentOf(option))}`
  return flagsOf(option).map((flag) => {
    // The argument may stand behind a space or, where the name is long, behind `=`.
    const joint = argument !== '' && flag.startsWith('--') ? '=' : ''
    return zshQuoted(`${repeat}${flag}${joint}${meaning}${argument}`)
  })
}

function zshSwitch(flags: readonly string[], meaning: string): string {
  return `{${flags.join(',')}}${zshQuoted(`[${meaning}]`)}`
}

function zshPositional(words: Words): string[] {
  return words.kind === 'anything' ? [] : [zshQuoted(`*:argument:${zshWords(words)}`)]
}

function zshWords(words: Words): string {
  switch (words.kind) {
    case 'files':
      return '_files'
    case 'folders':
      return '_files -/'
    case 'these':
      return `(${words.words.join(' ')})`
    case 'anything':
      return ' '
  }
}

function zshEscaped(text: string): string {
  return text.replaceAll(/[\\:[\]]/g, (character) => `\\${character}`)
}

function zshQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function fishScript(): string {
  const names = COMMANDS.map(({ name }) => name).join(' ')
  const lines = FORMS.flatMap((form) => {
    const when =
      form === null
        ? `not __fish_seen_subcommand_from ${names}`
        : `__fish_seen_subcommand_from ${form.name}`
    const here = `complete -c tributary -n ${fishQuoted(when)}`
    const positional = positionalIn(form)
    return [
      ...optionsIn(form).map((option) => `${here} ${fishOption(option)}`),
      ...(positional.kind === 'anything' ? [`${here} -f`] : []),
      ...(positional.kind === 'these'
        ? [`${here} -f -a ${fishQuoted(positional.words.join(' '))}`]
        : []),
    ]
  })
  const first = `complete -c tributary -n '__fish_is_first_token'`
  return `${[
    '# fish completion for tributary',
    ...COMMANDS.map(({ name, summary }) => `${first} -a ${name} -d ${fishQuoted(summary)}`),
    ...lines,
    "complete -c tributary -l help -s h -d 'print help'",
    "complete -c tributary -l version -s V -d 'print the version'",
  ].join('\n')}\n`
}

function fishOption(option: Option): string {
  const short = option.short === undefined ? '' : ` -s ${option.short}`
  const argument = option.argument === undefined ? '' : ` ${fishWords(argumentOf(option))}`
  return `-l ${flagOf(option).slice(2)}${short} -d ${fishQuoted(option.help)}${argument}`
}

function fishWords(words: Words): string {
  switch (words.kind) {
    case 'files':
      return '-r -F'
    case 'folders':
      return "-x -a '(__fish_complete_directories)'"
    case 'these':
      return `-x -a ${fishQuoted(words.words.join(' '))}`
    case 'anything':
      return '-x'
  }
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, (character) => `\\${character}`)}'`
}
