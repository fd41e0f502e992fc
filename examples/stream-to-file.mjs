// Writes the largest file of a torrent to a path, in order, while it arrives. Ctrl-C gives up.
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { Session } from 'tributary'

const [source, output] = process.argv.slice(2)
if (output === undefined) {
  console.error('usage: stream-to-file.mjs <magnet, URL, info hash or .torrent> <output>')
  process.exit(2)
}

const interrupt = new AbortController()
process.once('SIGINT', () => interrupt.abort(new Error('interrupted')))
const { signal } = interrupt

const session = await Session.open({ folder: './downloads', onDemand: true })
try {
  const { torrent } = await session.add(source, { signal })
  await torrent.ready({ signal })
  const [file] = torrent.files.toSorted((one, other) => other.length - one.length)
  await pipeline(file.stream({ signal }).toReadable(), createWriteStream(output))
  console.log(`${file.components.join('/')}: ${file.length} bytes`)
} finally {
  await session.close()
}
