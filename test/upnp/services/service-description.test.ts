import { describe, expect, it } from 'vitest'
import { parseStringPromise } from 'xml2js'
import { Library } from '../../../src/library/library.ts'
import { silentLogger } from '../../../src/log.ts'
import { serviceDescription } from '../../../src/upnp/description/description.ts'
import { newUdn, SERVICES } from '../../../src/upnp/description/names.ts'
import { MediaServer } from '../../../src/upnp/media-server.ts'
import { Traffic } from '../../../src/upnp/traffic/traffic.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { memoryStore, TorrentShelf } from '../../helpers/torrent-shelf.ts'

interface Named {
  readonly name: readonly string[]
}

interface StateVariable extends Named {
  readonly $: { readonly sendEvents: string }
}

const log = silentLogger()
const library = new Library({ source: new TorrentShelf(), updateIds: memoryStore(), log })
const mediaServer = new MediaServer({
  library,
  udn: newUdn(),
  traffic: new Traffic({ log, isDebugging: false }),
  clock: new FakeClock(),
  log,
})

describe.each(SERVICES)('the description of $name', ({ name }) => {
  it('lists the actions that are answered and the variables that are evented', async () => {
    const { scpd } = await parseStringPromise(serviceDescription(name) ?? '')
    const actions: readonly Named[] = scpd.actionList[0].action
    const variables: readonly StateVariable[] = scpd.serviceStateTable[0].stateVariable
    const evented = variables.filter(({ $ }) => $.sendEvents === 'yes')
    const service = mediaServer.find(name)?.service
    expect(new Set(service?.actions.keys())).toEqual(new Set(actions.map(({ name }) => name[0])))
    expect([...(service?.stateVariables().keys() ?? [])]).toEqual(
      evented.map(({ name }) => name[0]),
    )
  })
})
