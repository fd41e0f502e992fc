/** What strangers send to UDP ports: malformed krpc, LSD, SSDP, and noise. */
import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AttackPlan } from './attack-plan.ts'

const ID = 'abcdefghij0123456789'
const PER_SECOND = 4_000

const DATAGRAMS: readonly (() => Buffer)[] = [
  ...[
    'd1:ad2:id20:abcdefghij01234567896:targeti7ee1:q9:find_node1:t2:aa1:y1:qe',
    'd1:ad2:idi1ee1:q4:ping1:t2:aa1:y1:qe',
    'd1:ale1:q4:ping1:t2:aa1:y1:qe',
    'd1:q4:ping1:t2:aa1:y1:qe',
    'd1:ad2:id20:abcdefghij01234567899:info_hashli1eee1:q9:get_peers1:t2:aa1:y1:qe',
    'd1:rd2:idi7ee1:t2:aa1:y1:re',
    'd1:rd2:id20:abcdefghij01234567895:nodesi9ee1:t4:aaaa1:y1:re',
    'd1:rle1:t2:aa1:y1:re',
    'd1:eli201ee1:t2:aa1:y1:ee',
    'd1:yi1ee',
    'd-3:',
    'BT-SEARCH * HTTP/1.1',
    'BT-SEARCH * HTTP/1.1\r\nHost: 239.192.152.143:6771\r\nPort: x\r\nInfohash: 1\r\n\r\n\r\n',
    'M-SEARCH * HTTP/1.1',
    'M-SEARCH * HTTP/1.1\r\nST: ssdp:all\r\nMX: 99999999999\r\nMAN: "ssdp:discover"\r\n\r\n',
    'NOTIFY * HTTP/1.1\r\nNTS: ssdp:alive\r\n\r\n',
  ].map((text) => () => Buffer.from(text, 'latin1')),
  () => randomBytes(60),
  () =>
    Buffer.concat([
      Buffer.from(`d1:ad2:id20:${ID}9:info_hash20:`),
      randomBytes(20),
      Buffer.from('4:porti6881e5:token8:aaaaaaaae1:q13:announce_peer1:t2:aa1:y1:qe'),
    ]),
  () => Buffer.from(`${'l'.repeat(1_200)}`),
  () => Buffer.from(`HOST: ${' '.repeat(30_000)}`),
]

/** Returns how many were sent. */
export async function attackUdpPorts(plan: AttackPlan): Promise<number> {
  const endsAt = performance.now() + plan.durationMs
  const sockets = plan.sources.slice(0, 10).map((address) => {
    const socket = createSocket('udp4')
    socket.on('error', () => {})
    socket.bind(0, address)
    return socket
  })
  let sent = 0
  while (performance.now() < endsAt) {
    for (let i = 0; i < PER_SECOND / 20; i++) {
      const socket = sockets[sent % sockets.length]
      const port = plan.udpPorts[sent % plan.udpPorts.length] ?? 6_771
      const bytes = DATAGRAMS[Math.floor(Math.random() * DATAGRAMS.length)]?.() ?? Buffer.alloc(0)
      socket?.send(bytes, port, plan.host, () => {})
      sent++
    }
    await sleep(50)
  }
  for (const socket of sockets) socket.close()
  return sent
}
