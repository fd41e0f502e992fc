import { flagOf, type Option } from './options/option.ts'
import { OPTIONS } from './options.ts'

/** @param commandRows - What else may be typed, in lines. */
export function helpText(commandRows: readonly string[] = []): string {
  return [
    'tributary [options] [torrent ...]',
    'tributary <command> [options] ...',
    '',
    'A torrent is a magnet URI, an http(s) URL, the path of a .torrent file or a 40-hex info hash.',
    '',
    ...optionRows(OPTIONS, [VERSION_ROW, HELP_ROW]),
    '',
    ...commandRows,
    'Each option is also an environment variable: TRIBUTARY_PORT=8080, TRIBUTARY_NO_DHT=1,',
    'TRIBUTARY_PEER=192.0.2.1:6881,192.0.2.2:6881. The command line wins, where a switch can be',
    'turned round as well: --dht, --no-on-demand.',
    '',
  ].join('\n')
}

/** What is typed, and what it means. */
export type HelpRow = readonly [typed: string, meaning: string]

const VERSION_ROW: HelpRow = ['-V, --version', 'print the version']
export const HELP_ROW: HelpRow = ['-h, --help', 'print this']

/** A table of options as lines for a person, with `more` behind it. */
export function optionRows(options: readonly Option[], more: readonly HelpRow[]): string[] {
  return alignedRows([...options.map(helpRow), ...more])
}

/** Two columns, the second of which begins at the same place in all lines. */
export function alignedRows(rows: readonly HelpRow[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length)) + 2
  return rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`)
}

function helpRow(option: Option): HelpRow {
  const short = option.short === undefined ? '    ' : `-${option.short}, `
  const argument = option.argument === undefined ? '' : ` <${option.argument}>`
  const fallback = option.fallback === undefined ? '' : ` [${option.fallback}]`
  return [`${short}${flagOf(option)}${argument}`, `${option.help}${fallback}`]
}
