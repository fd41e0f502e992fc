/**
 * Loaded into the server with --import: measures how long its event loop was held up, and tells over
 * IPC when asked for the `longest`; after `rest` it measures nothing, and costs nothing, until then. It
 * never keeps the process.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { isMainThread } from 'node:worker_threads'

const RESOLUTION_MS = 5
const NANOS_PER_MS = 1_000_000

if (isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  process.on('message', (message) => {
    if (message === 'rest') {
      delay.disable()
      return
    }
    const longestMs = Math.max(0, delay.max / NANOS_PER_MS - RESOLUTION_MS)
    delay.reset()
    delay.enable()
    process.send(longestMs)
  })
  process.channel.unref()
}
