import { TorrentError } from '../torrent-error.ts'
import type { MaxConnections } from './swarm.ts'

/** `connections` with what `change` names. Throws TorrentError `bad-limit`. */
export function changedConnections(
  connections: MaxConnections,
  change: Partial<MaxConnections>,
): MaxConnections {
  const { total = connections.total, perTorrent = connections.perTorrent } = change
  for (const value of [total, perTorrent]) requireConnections(value)
  return { total, perTorrent }
}

/** At least one. Throws TorrentError `bad-limit`. */
export function requireConnections(value: unknown): void {
  if (isNumberOfConnections(value)) return
  throw new TorrentError('bad-limit', `connections are a whole number above 0; not ${value}`)
}

export function isNumberOfConnections(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1
}
