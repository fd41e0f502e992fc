import type { Host, Lab } from './lab.ts'
import { ipBatch } from './namespaces.ts'

/**
 * A second way into the first network: the server gets an interface `e3`, down and without an address,
 * and `first` becomes the switch that joins it with e1.
 * @returns `first` as it is on that switch, with the same address
 */
export async function shareFirstLan({ server, first }: Lab): Promise<Host> {
  await ipBatch([
    `link add e3 netns ${server.namespace} type veth peer name e4 netns ${first.namespace}`,
  ])
  await ipBatch(
    [
      'link add lan type bridge',
      ...['e0', 'e4'].map((name) => `link set ${name} master lan`),
      `address del ${first.address}/24 dev e0`,
      `address add ${first.address}/24 dev lan`,
      ...['lan', 'e4'].map((name) => `link set ${name} up`),
      'route add default dev lan',
    ],
    first.namespace,
  )
  return { ...first, interfaceName: 'lan' }
}

/** Removes the server's e1 and makes it again, with the same name and address, before anybody notices. */
export async function remakeFirstInterface({ server, first, serverAddresses }: Lab): Promise<void> {
  await ipBatch(['link delete e1'], server.namespace)
  await ipBatch([
    `link add e1 netns ${server.namespace} type veth peer name e0 netns ${first.namespace}`,
  ])
  await ipBatch(
    [`address add ${first.address}/24 dev e0`, 'link set e0 up', 'route add default dev e0'],
    first.namespace,
  )
  await ipBatch(
    [`address add ${serverAddresses[0]}/24 dev e1`, 'link set e1 up', 'route add default dev e1'],
    server.namespace,
  )
}
