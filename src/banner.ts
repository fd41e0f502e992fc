import { printable } from './printable.ts'

export interface BannerFacts {
  /** Friendly name. */
  readonly name: string
  /** Where others on the LAN find the server. */
  readonly urls: readonly string[]
  /** Where this machine finds it: the one that may change something without a password. */
  readonly localUrl: string
  readonly peerPort: number
  /** Absolute path of the data folder. */
  readonly folder: string
  readonly isDemo: boolean
  readonly warnings: readonly string[]
}

/** What a person at a terminal reads when the server is up. */
export function bannerText(facts: BannerFacts): string {
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
