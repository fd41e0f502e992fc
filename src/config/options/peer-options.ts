import { z } from 'zod'
import { isPeerAddress } from '../../peer-address.ts'
import type { CheckedOption, ValuesOf } from './option.ts'
import { port, refuse, wholeNumber } from './rules.ts'

/** Connections with peers. */
export interface PeerConfig {
  /** `ip:port`, `[ipv6]:port`. */
  readonly peers: readonly string[]
  readonly peerPort: number
  /** With peers, over all torrents; at least 1. */
  readonly maxConnections: number
  readonly maxConnectionsPerTorrent: number
}

/** What one process may have open, with room for files and clients of HTTP. */
export const MAX_CONNECTIONS = 10_000

const peer = z.string().transform((text, context) => {
  return isPeerAddress(text) ? text : refuse(context, 'must be ip:port', text)
})

const connections = wholeNumber({ least: 1, most: MAX_CONNECTIONS })

export const PEER_OPTIONS = [
  {
    name: 'peer',
    kind: 'list',
    argument: 'ip:port',
    help: 'initial peer for the torrents given (repeatable)',
    rule: z.array(peer).default([]),
  },
  {
    name: 'peer-port',
    kind: 'value',
    argument: 'n',
    help: 'BitTorrent listen port',
    fallback: '4240',
    rule: port.default(4240),
  },
  {
    name: 'max-connections',
    kind: 'value',
    argument: 'n',
    help: 'connections with peers, over all torrents',
    fallback: '200',
    rule: connections.default(200),
  },
  {
    name: 'max-connections-per-torrent',
    kind: 'value',
    argument: 'n',
    help: 'the same for one torrent',
    fallback: '50',
    rule: connections.default(50),
  },
] as const satisfies readonly CheckedOption[]

export function peerConfig(values: ValuesOf<typeof PEER_OPTIONS>): PeerConfig {
  return {
    peers: values.peer,
    peerPort: values['peer-port'],
    maxConnections: values['max-connections'],
    maxConnectionsPerTorrent: values['max-connections-per-torrent'],
  }
}
