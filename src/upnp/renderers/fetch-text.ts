import { get } from 'node:http'
import type { Clock } from '../../clock.ts'
import type { FetchText } from './renderer-descriptions.ts'

const TIMEOUT_MS = 5_000
const MAX_BYTES = 64 * 1024

/** Over HTTP; rejects for any status but 200, after 5 s, for more than 64 KiB, and once `signal` is aborted. */
export function httpTextFetcher(clock: Clock, signal: AbortSignal): FetchText {
  return (url) =>
    new Promise((resolve, reject) => {
      const request = get(url, { agent: false, headers: { Connection: 'close' }, signal })
      const cancelTimeout = clock.after(TIMEOUT_MS, () => {
        request.destroy(new Error(`${url.host} did not answer in time`))
      })
      request.on('error', reject)
      request.on('close', cancelTimeout)
      request.on('response', (response) => {
        const chunks: Buffer[] = []
        let bytes = 0
        if (response.statusCode !== 200) {
          request.destroy(new Error(`${url.host} answered ${response.statusCode}`))
        }
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length
          if (bytes <= MAX_BYTES) chunks.push(chunk)
          else request.destroy(new Error(`${url.host} sends more than ${MAX_BYTES} bytes`))
        })
        response.on('error', reject)
        response.on('end', () => resolve(Buffer.concat(chunks).toString()))
      })
    })
}
