import type { AppFacts } from '../app.ts'
import { printable } from '../printable.ts'

/** What a person at a terminal reads when the server is up. */
export function bannerText(facts: AppFacts): string {
  const { urls, localUrl, peerPort, folder, isDemo, warnings } = facts
  const name = printable(facts.name)
  const addHint = [
    `  Add a torrent on ${localUrl}/web/, as an argument, or by`,
    `  curl --data-binary 'magnet:?xt=...' ${localUrl}/torrents`,
  ]
  const demoHint = [
    '  Three clips are arriving from a second peer on this machine: watch them on',
    `  ${localUrl}/web/, or look for "${name}" on a TV.`,
  ]
  return [
    '',
    `  ${name}`,
    '',
    ...rows('Address', urls.length > 0 ? urls : [localUrl]),
    ...rows('Peer port', [String(peerPort)]),
    ...rows('Folder', [folder]),
    ...warnings.flatMap((warning) => rows('Warning', [warning])),
    '',
    ...(isDemo ? demoHint : addHint),
    '  Ctrl-C stops the server.',
    '',
    '',
  ].join('\n')
}

const LABEL_WIDTH = 11

/** The label stands before the first value only. */
function rows(label: string, values: readonly string[]): string[] {
  return values.map((value, i) => {
    return `  ${(i === 0 ? label : '').padEnd(LABEL_WIDTH)}${printable(value)}`
  })
}
