import { aria2 } from './aria2.ts'
import type { Contender } from './contender.ts'
import { libtorrent, libtorrentSequential } from './libtorrent.ts'
import { rqbit } from './rqbit.ts'
import { tributary, tributaryAlways, tributaryOff } from './tributary.ts'
import { webtorrent } from './webtorrent.ts'

const ALL: readonly Contender[] = [
  tributary,
  tributaryAlways,
  tributaryOff,
  webtorrent,
  libtorrent,
  libtorrentSequential,
  rqbit,
  aria2,
]

/** The contenders of these names that can run here; the others are told to `skip`, with the reason. */
export function contendersNamed(
  names: readonly string[],
  skip: (name: string, reason: string) => void,
): readonly Contender[] {
  return names.flatMap((name) => {
    const contender = ALL.find((c) => c.name === name)
    if (!contender) throw new Error(`no contender ${name}; there are ${ALL.map((c) => c.name)}`)
    const reason = contender.missing()
    if (reason) skip(name, reason)
    return reason ? [] : [contender]
  })
}
