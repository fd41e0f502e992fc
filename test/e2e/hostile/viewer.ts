/**
 * Watches a URL as a TV does and prints what it was like, as JSON: argv is the URL, the rate in bytes per
 * second and how long to watch in ms.
 */
import { createHash } from 'node:crypto'
import { get } from 'node:http'
import { Playback } from '../../../bench/viewer/playback.ts'

const [url = '', rate = '0', durationMs = '0'] = process.argv.slice(2)
const playback = new Playback(Number(rate))
const hash = createHash('sha256')
let received = 0
let status = 0

const request = get(url, (response) => {
  status = response.statusCode ?? 0
  response.on('data', (bytes: Buffer) => {
    if (received === 0) process.stdout.write('watching\n')
    hash.update(bytes)
    received += bytes.length
    playback.receive(bytes.length, performance.now())
    if (playback.isFull) response.pause()
  })
  setInterval(() => {
    playback.receive(0, performance.now())
    if (response.isPaused() && !playback.isFull) response.resume()
  }, 20)
})
request.on('error', (error) => report(error.message))
setTimeout(() => report(null), Number(durationMs))

function report(error: string | null): void {
  const { stalls, stalledMs } = playback
  const sha256 = hash.digest('hex')
  process.stdout.write(
    `${JSON.stringify({ status, received, sha256, stalls, stalledMs, error })}\n`,
  )
  process.exit(0)
}
