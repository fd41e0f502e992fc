import { once } from 'node:events'
import { expect, it, onTestFinished } from 'vitest'
import { openIPv6Socket } from '../../../src/upnp/discovery/ssdp-socket.ts'

it.each(['::1', '::1%no_such_interface'])(
  'sends to %s as it is, asking no resolver',
  async (address) => {
    const receiver = openIPv6Socket()
    const sender = openIPv6Socket()
    onTestFinished(() => {
      receiver.close()
      sender.close()
    })
    receiver.bind(0, '::1')
    await once(receiver, 'listening')
    const received = once(receiver, 'message')
    sender.send('x', receiver.address().port, address)
    expect(String((await received)[0])).toBe('x')
  },
)
