/** Attacks one server in every way at once, for a bounded time. argv: an `AttackPlan` as JSON. */
import type { AttackPlan } from './attack-plan.ts'
import { attackHttp } from './hostile-clients.ts'
import { attackUdpPorts } from './hostile-datagrams.ts'
import { attackPeerPort } from './hostile-peers.ts'
import { startHostileTrackers } from './hostile-trackers.ts'

const plan: AttackPlan = JSON.parse(process.argv[2] ?? '{}')
startHostileTrackers(plan)
process.stdout.write('attacking\n')
const [connections, datagrams, requests] = await Promise.all([
  attackPeerPort(plan),
  attackUdpPorts(plan),
  attackHttp(plan),
])
process.stdout.write(`done ${JSON.stringify({ connections, datagrams, requests })}\n`)
process.exit(0)
