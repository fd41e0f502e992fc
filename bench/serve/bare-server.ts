/**
 * What plain Node can do: `bare-server.ts stream|read FILE PORT` serves one file over node:http,
 * with ranges of the form a-b. "stream" pipes fs.createReadStream; "read" reads into two reused
 * buffers of 1 MiB and waits for the socket to take each.
 */
import { createReadStream } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'

const BUFFER_LENGTH = 1_048_576
const [how = 'stream', path = '', port = '0'] = process.argv.slice(2)
const { size } = await stat(path)
const file = await open(path)

/** Writes bytes start..end, both included. */
async function sendByReading(
  source: FileHandle,
  response: ServerResponse,
  start: number,
  end: number,
): Promise<void> {
  const buffers = [Buffer.allocUnsafe(BUFFER_LENGTH), Buffer.allocUnsafe(BUFFER_LENGTH)]
  let written = Promise.resolve()
  let position = start
  for (let turn = 0; position <= end && !response.destroyed; turn++) {
    const buffer = buffers[turn % buffers.length] ?? Buffer.allocUnsafe(BUFFER_LENGTH)
    const wanted = Math.min(BUFFER_LENGTH, end - position + 1)
    const { bytesRead } = await source.read(buffer, 0, wanted, position)
    await written
    position += bytesRead
    written = new Promise((resolve) => {
      response.write(buffer.subarray(0, bytesRead), () => resolve())
    })
  }
  await written
  response.end()
}

createServer((request, response) => {
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
  const start = Number(range?.[1] ?? 0)
  const end = Number(range?.[2] ?? size - 1)
  response.writeHead(range ? 206 : 200, {
    'Content-Length': end - start + 1,
    'Content-Range': `bytes ${start}-${end}/${size}`,
  })
  if (how === 'stream') {
    createReadStream(path, { start, end }).pipe(response)
    return
  }
  sendByReading(file, response, start, end).catch((error: unknown) => {
    response.destroy(error instanceof Error ? error : new Error(`${error}`))
  })
}).listen(Number(port), '127.0.0.1')
