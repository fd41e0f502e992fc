/** Trackers that answer with too much, without end, or with nonsense. */
import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'
import type { AttackPlan } from './attack-plan.ts'

const MIB = 2 ** 20

/** `http://<attacker>:7000/announce/<kind>` for each kind. */
export const TRACKER_PORT = 7_000
export const TRACKER_KINDS = ['huge', 'bomb', 'endless', 'loop', 'eager', 'silent'] as const

export function startHostileTrackers(plan: AttackPlan): void {
  const huge = Buffer.from(`d8:intervali1e5:peers${9 * MIB}:${'x'.repeat(9 * MIB)}e`, 'latin1')
  const bomb = gzipSync(Buffer.alloc(200 * MIB))
  const server = createServer((request, response) => {
    response.on('error', () => {})
    switch (request.url?.split(/[/?]/)[2]) {
      case 'huge':
        return response.end(huge)
      case 'bomb':
        return response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(bomb)
      case 'endless': {
        const more = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(64 * 1_024, 'l')));
        }
        response.on('drain', more)
        return more()
      }
      case 'loop':
        return response.writeHead(302, { Location: request.url }).end()
      case 'eager':
        return response.end('d8:intervali-5e12:min intervali4294967295e5:peers0:e')
      default:
        return
    }
  })
  server.on('error', () => {})
  server.listen(TRACKER_PORT, plan.sources[0])
}
