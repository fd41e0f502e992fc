import type { Traffic, WireMessage } from '../traffic/traffic.ts'
import type { SsdpSocket } from './ssdp-socket.ts'

/** The same socket, all of whose datagrams are told to `traffic`. */
export function watchedSocket(socket: SsdpSocket, traffic: Traffic): SsdpSocket {
  socket.on('message', (message, { address }) => {
    note('received', message, address)
  })
  const send = socket.send.bind(socket)
  return Object.assign(socket, {
    send(...args: Parameters<SsdpSocket['send']>): void {
      const [message, offset, length, , address] = args
      note('sent', message.subarray(offset, offset + length), address)
      send(...args)
    },
  })

  function note(direction: 'received' | 'sent', datagram: Uint8Array, address: string): void {
    if (!traffic.isWatched('ssdp')) return
    const request = parseDatagram(new TextDecoder('latin1').decode(datagram))
    traffic.note({ part: 'ssdp', direction, address, request, answer: null })
  }
}

/** What is no header stays with the start line. */
function parseDatagram(text: string): WireMessage {
  const [startLine = '', ...lines] = text.trim().split(/\r?\n/)
  const headers = lines.flatMap((line) => {
    const [, name, value] = /^([^:\s]+)\s*:\s*(.*)$/.exec(line) ?? []
    return name === undefined || value === undefined ? [] : [[name, value] as const]
  })
  return { startLine, headers }
}
