import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { silentLogger } from '../../../src/log.ts'
import { newUdn } from '../../../src/upnp/description/names.ts'
import { Discovery } from '../../../src/upnp/discovery/discovery.ts'
import { SSDP_GROUPS, SSDP_PORT } from '../../../src/upnp/discovery/ssdp-group.ts'
import { parseSsdpMessage } from '../../../src/upnp/discovery/ssdp-message.ts'
import type { SsdpSocket } from '../../../src/upnp/discovery/ssdp-socket.ts'
import { interfaceInfo } from '../../helpers/fake-network.ts'

const udn = newUdn()
const LOOPBACK = '127.0.0.1'

let controlPoint: Socket
let controlPointPort: number

beforeEach(async () => {
  controlPoint = createSocket('udp4').bind(0)
  await once(controlPoint, 'listening')
  controlPoint.addMembership(SSDP_GROUPS.ipv4, LOOPBACK)
  controlPointPort = controlPoint.address().port
})

afterEach(() => {
  controlPoint.close()
})

/** A real socket; only 1900 is replaced, by any port and by that of the control point. */
function openSocket(opened: Socket[]): SsdpSocket {
  const socket = createSocket({ type: 'udp4', reuseAddr: true })
  opened.push(socket)
  const bind = socket.bind.bind(socket)
  const send = socket.send.bind(socket)
  return Object.assign(socket, {
    bind: (_port: number, address: string, listening: () => void) => bind(0, address, listening),
    send: (...[message, offset, length, port, ...rest]: Parameters<SsdpSocket['send']>) =>
      send(message, offset, length, port === SSDP_PORT ? controlPointPort : port, ...rest),
  })
}

/** Waits for a message of which `header` is `value`. */
async function heard(header: string, value: string): Promise<ReadonlyMap<string, string>> {
  for (;;) {
    const [datagram] = await once(controlPoint, 'message')
    const headers = parseSsdpMessage(String(datagram))?.headers
    if (headers?.get(header) === value) return headers
  }
}

it('is heard, answers and says byebye through real sockets', async () => {
  const sockets: Socket[] = []
  const discovery = new Discovery({
    udn,
    httpPort: 3030,
    locationPath: '/rootDesc.xml',
    server: 'Linux/6.1 DLNADOC/1.50 UPnP/1.0 Tributary/0.1.0',
    selection: { interfaceNames: ['lo'], host: '::' },
    log: silentLogger(),
    ports: {
      networkInterfaces: () => ({ lo: [interfaceInfo(`${LOOPBACK}/8`)] }),
      openSocket: () => openSocket(sockets),
      random: () => 0,
    },
  })
  await discovery.start()
  const alive = await heard('nts', 'ssdp:alive')
  expect(alive.get('location')).toBe('http://127.0.0.1:3030/rootDesc.xml')

  const port = sockets[0]?.address().port ?? 0
  const search = `M-SEARCH * HTTP/1.1\r\nMAN: "ssdp:discover"\r\nST: ${udn}\r\n\r\n`
  controlPoint.send(search, port, LOOPBACK)
  const response = await heard('st', udn)
  expect(response.get('location')).toBe('http://127.0.0.1:3030/rootDesc.xml')
  expect(response.get('usn')).toBe(udn)

  const farewell = heard('nts', 'ssdp:byebye')
  await discovery.close()
  expect((await farewell).get('usn')).toBe(`${udn}::upnp:rootdevice`)
})
