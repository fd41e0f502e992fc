// Serves the files of a torrent by number, with ranges, as players ask. Ctrl-C ends it.
import { pipeline } from 'node:stream/promises'
import express from 'express'
import { Session } from 'tributary'

const [source, port = '0'] = process.argv.slice(2)
if (source === undefined) {
  console.error('usage: express-route.mjs <magnet, URL, info hash or .torrent> [port]')
  process.exit(2)
}

const session = await Session.open({ folder: './downloads', onDemand: true })
const { torrent } = await session.add(source)
await torrent.ready()

const app = express()
app.get('/:index', async (request, response, next) => {
  const file = torrent.files[request.params.index]
  if (file === undefined) return next()
  const ranges = request.range(file.length)
  if (ranges === -1) {
    return response.status(416).set('Content-Range', `bytes */${file.length}`).end()
  }
  const range = Array.isArray(ranges) && ranges.length === 1 ? ranges[0] : null
  const { start, end } = range ?? { start: 0, end: file.length - 1 }
  response.set({ 'Accept-Ranges': 'bytes', 'Content-Length': `${end - start + 1}` })
  response.type(file.components.at(-1))
  if (range !== null) {
    response.status(206).set('Content-Range', `bytes ${start}-${end}/${file.length}`)
  }
  if (request.method === 'HEAD') return response.end()
  try {
    await pipeline(file.stream({ start, end }).toReadable(), response)
  } catch {
    // The viewer has left, or the torrent is gone; either way the connection is closed.
  }
})

const server = app.listen(Number(port), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/0`)
})

process.once('SIGINT', async () => {
  server.close()
  server.closeAllConnections()
  await session.close()
})
