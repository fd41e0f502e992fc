import { parseArgs } from 'node:util'
import { ConfigError } from './config-error.ts'
import { nearestWord } from './nearest-word.ts'
import { flagOf, type Option } from './options/option.ts'

export interface Arguments {
  readonly values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>
  readonly positionals: readonly string[]
}

/**
 * Splits a command line by a table of options; switches may be negated or, where they are negative,
 * asserted. Throws `ConfigError`.
 */
export function splitArguments(argv: readonly string[], table: readonly Option[]): Arguments {
  try {
    const given = parse(argv, table)
    const turned = ['help', 'version'].find((name) => given.values[name] === false)
    if (turned === undefined) return given
    throw new ConfigError(`unknown option '--no-${turned}'`)
  } catch (error) {
    if (!(error instanceof Error) || error instanceof ConfigError) throw error
    throw new ConfigError(complaint(error.message, table), { cause: error })
  }
}

/** Throws what node:util throws. */
function parse(argv: readonly string[], table: readonly Option[]): Arguments {
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

/** node:util's message without its advice, which runs over several lines. */
function complaint(message: string, table: readonly Option[]): string {
  const [first = ''] = message.split(/\n|\. To specify/)
  const line = first.replace('argument is ambiguous.', 'argument missing')
  const [, unknown = ''] = /^Unknown option '(--[^']+)'/.exec(line) ?? []
  const meant = nearestWord(unknown, table.map(flagOf))
  const advice = meant === null ? '' : `; is it ${meant}?`
  return `${line.charAt(0).toLowerCase()}${line.slice(1)}${advice}`
}
