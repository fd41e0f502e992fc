import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { Lab } from './lab/lab.ts'
import { makeShowTorrent, SHOW } from './lab/media.ts'
import { describeWithTools, PIP_PYTHON } from './lab/tools.ts'
import { Tributary } from './lab/tributary.ts'

const SESSION = fileURLToPath(new URL('./clients/async_upnp_client_session.py', import.meta.url))

describeWithTools(['async-upnp-client'], 'the library of Home Assistant', () => {
  it('discovers, subscribes, hears of a new torrent, browses and searches all of it', async () => {
    const lab = await Lab.open()
    const torrent = await makeShowTorrent(lab.folder)
    const server = await Tributary.start(lab)
    const session = lab.second.start([PIP_PYTHON, SESSION, lab.second.address])
    await session.waitForOutput(/"step": "subscribed"/, { timeoutMs: 60_000 })
    await server.add(`@${torrent.path}`)
    await session.waitForOutput(/"step": "done"/, { timeoutMs: 60_000 })
    const steps = session.stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line))
    const of = (step: string) => steps.filter((entry) => entry.step === step)
    expect(of('discovered')).toEqual([
      { step: 'discovered', locations: [`http://${lab.serverAddresses[1]}:3030/rootDesc.xml`] },
    ])
    // The views list the same files again.
    const items = of('item').filter(({ path }) => path[0] === SHOW.name)
    expect(of('item').length).toBeGreaterThan(items.length)
    expect(items.map(({ path }) => path.at(-1)).toSorted()).toEqual(
      SHOW.files.map(({ path }) => path.at(-1)).toSorted(),
    )
    for (const { url } of items) {
      expect(url).toMatch(/^[\x21-\x7e]{1,120}$/)
      const { stdout } = await lab.second.run(['curl', '-sI', '-r', '0-0', url])
      expect(stdout).toMatch(/^HTTP\/1\.1 206 /)
    }
    const found = of('found').map(({ titles, total }) => ({ titles, total }))
    const [second, tenth, tone, cover] = SHOW.files.map(({ path }) => path.at(-1))
    expect(found).toEqual([
      { titles: [second, tenth], total: 2 },
      { titles: [tone, cover], total: 2 },
      { titles: [], total: 0 },
    ])
    const [{ search, sort }] = of('capabilities')
    expect(search).toContain('res@duration')
    expect(sort).toContain('res@duration')
    expect(await session.ended()).toEqual({ code: 0, signal: null })
  })
})
