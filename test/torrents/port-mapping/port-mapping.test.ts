import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { silentLogger } from '../../../src/log.ts'
import { GATEWAY_TYPE } from '../../../src/torrents/port-mapping/igd-message.ts'
import { PortMapping } from '../../../src/torrents/port-mapping/port-mapping.ts'

const PORTS = [
  { protocol: 'tcp', port: 4240 },
  { protocol: 'udp', port: 4241 },
] as const
const DESCRIPTION =
  '<service><serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType><controlURL>/control</controlURL></service>'

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** Answers each datagram; gives the place where it is to be asked. */
async function answering(
  answer: (question: Buffer) => Buffer,
): Promise<{ host: string; port: number }> {
  const socket = createSocket('udp4')
  socket.on('message', (question, { port, address }) => {
    socket.send(answer(question), port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  onTestFinished(() => {
    socket.close()
  })
  return { host: '127.0.0.1', port: socket.address().port }
}

/** A router whose description is `description`; `asked` are its actions. */
async function router(
  description: string,
): Promise<{ asked: string[]; searchAt: { host: string; port: number } }> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    if (request.method === 'POST')
      asked.push(String(request.headers.soapaction).split('#')[1] ?? '')
    response.end(request.method === 'POST' ? '<ok/>' : description)
  })
  const location = `http://127.0.0.1:${await portOf(server)}/root.xml`
  const found = `HTTP/1.1 200 OK\r\nST: ${GATEWAY_TYPE}\r\nLOCATION: ${location}\r\n\r\n`
  return { asked, searchAt: await answering(() => Buffer.from(found)) }
}

const common = {
  ports: () => PORTS,
  log: silentLogger(),
  clients: ['127.0.0.1'],
  answerTimeoutMs: 500,
}

it('maps all ports by UPnP, and takes them back', async () => {
  const { asked, searchAt } = await router(`<root>${DESCRIPTION}</root>`)
  const mapping = new PortMapping({ ...common, gateway: null, searchAt })
  await mapping.open()
  expect(asked).toEqual(['AddPortMapping"', 'AddPortMapping"'])
  await mapping.close()
  expect(asked.slice(2)).toEqual(['DeletePortMapping"', 'DeletePortMapping"'])
})

it('maps all ports by NAT-PMP where the router speaks it', async () => {
  const asked: string[] = []
  const gateway = await answering((question) => {
    asked.push(`${question[1]} ${question.readUInt16BE(4)} ${question.readUInt32BE(8)}`)
    const answer = Buffer.alloc(16)
    answer[1] = 128 + (question[1] ?? 0)
    answer.writeUInt16BE(question.readUInt16BE(4), 8)
    return answer
  })
  const mapping = new PortMapping({ ...common, gateway })
  await mapping.open()
  expect(asked).toEqual(['2 4240 7200', '2 4240 7200', '1 4241 7200'])
  await mapping.close()
  expect(asked.slice(3)).toEqual(['2 4240 0', '1 4241 0'])
})

it.each([
  ['a body without end', 'x'.repeat(3_000_000)],
  ['elements without end', '<a xmlns="x">'.repeat(9_000)],
  ['services without end', '<service>'.repeat(9_000)],
  ['no service', '<root/>'],
])(
  'asks nothing of a router with %s',
  async (_, description) => {
    const { asked, searchAt } = await router(description)
    const mapping = new PortMapping({ ...common, gateway: null, searchAt })
    await mapping.open()
    expect(asked).toEqual([])
    await mapping.close()
  },
  15_000,
)
