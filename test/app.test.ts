import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type App, startApp } from '../src/app.ts'
import { type Config, parseConfig } from '../src/config/config.ts'
import { createLogger } from '../src/json-log.ts'
import { type Logger, silentLogger } from '../src/log.ts'
import { ALONE } from './helpers/run-cli.ts'

let folder = ''
const opened: { close(): Promise<unknown> }[] = []

function configOf(...args: string[]): Config {
  const command = parseConfig([...ALONE, '--dir', folder, ...args], {})
  if (command.kind !== 'run') throw new Error(`asked for ${command.kind}`)
  return command.config
}

async function start(config: Config, log: Logger = silentLogger()): Promise<App> {
  const app = await startApp(config, { log })
  opened.push(app)
  return app
}

async function startServer(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  opened.push({ close: () => new Promise((resolve) => server.close(resolve)) })
  return (server.address() as AddressInfo).port
}

async function json(url: string): Promise<unknown> {
  const response = await fetch(url)
  expect(response.status).toBe(200)
  return await response.json()
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-test-'))
})

afterEach(async () => {
  for (const part of opened.splice(0).reverse()) await part.close()
  await rm(folder, { recursive: true, force: true })
})

describe('startApp()', () => {
  it('serves the API and the device description, until it is closed', async () => {
    const app = await start(configOf('--name', 'Den'))
    const { localUrl, peerPort, warnings } = app.facts
    expect(app.facts).toMatchObject({ name: 'Den', urls: [], folder, isDemo: false })
    expect(peerPort).toBeGreaterThan(0)
    expect(warnings).toEqual(['only this machine can reach the server: TVs will not find it'])
    expect(await json(`${localUrl}/`)).toMatchObject({
      server: 'rqbit',
      implementation: 'tributary',
    })
    const description = await (await fetch(`${localUrl}/rootDesc.xml`)).text()
    expect(description).toContain('<friendlyName>Den</friendlyName>')
    await app.close()
    await expect(fetch(localUrl)).rejects.toThrow('fetch failed')
    expect(existsSync(join(folder, '.tributary', 'lock'))).toBe(false)
  })

  it('takes another name while it runs, and keeps it over a restart', async () => {
    const nameOf = async ({ facts }: App): Promise<string | undefined> => {
      const description = await (await fetch(`${facts.localUrl}/rootDesc.xml`)).text()
      return /<friendlyName>(.*)<\/friendlyName>/.exec(description)?.[1]
    }
    const app = await start(configOf())
    const change = async (name: unknown): Promise<number> => {
      const body = JSON.stringify({ name })
      return (await fetch(`${app.facts.localUrl}/settings`, { method: 'PATCH', body })).status
    }
    expect(await change('Living room & den')).toBe(200)
    expect(await nameOf(app)).toBe('Living room &amp; den')
    for (const wrong of ['', '  ', 'a\u0007', 'x'.repeat(64), 7])
      expect(await change(wrong)).toBe(400)
    await app.close()
    expect(await nameOf(await start(configOf()))).toBe('Living room &amp; den')
    for (const part of opened.splice(0).reverse()) await part.close()
    expect(await nameOf(await start(configOf('--name', 'Den')))).toBe('Den')
  })

  it('is the same device after a restart', async () => {
    const udns: string[] = []
    for (const _round of [1, 2]) {
      const app = await start(configOf())
      const description = await (await fetch(`${app.facts.localUrl}/rootDesc.xml`)).text()
      udns.push(/<UDN>(.*)<\/UDN>/.exec(description)?.[1] ?? '')
      await app.close()
    }
    expect(udns[0]).toMatch(/^uuid:/)
    expect(udns[1]).toBe(udns[0])
  })

  it('has no UPnP with --no-dlna', async () => {
    const { facts } = await start(configOf('--no-dlna'))
    expect(facts.warnings).toEqual([])
    expect((await fetch(`${facts.localUrl}/rootDesc.xml`)).status).toBe(404)
  })

  it('warns of an interface that is not there', async () => {
    const { facts } = await start(configOf('--interface', 'eth99'))
    expect(facts.warnings).toContain('this machine has no interface eth99 now (--interface)')
  })

  it('takes a torrent that the session has for no error', async () => {
    for (const _round of [1, 2]) {
      const app = await start(configOf('demo/River.torrent'))
      expect(await json(`${app.facts.localUrl}/torrents`)).toMatchObject({
        torrents: [{ id: 0, name: 'River.mp4' }],
      })
      await app.close()
    }
  })

  it('runs on when a torrent URL fails, and says so', async () => {
    const port = await startServer(
      createServer((_request, response) => response.writeHead(404).end()),
    )
    const url = `http://127.0.0.1:${port}/a.torrent`
    let notAdded = (_line: string): void => {}
    const said = new Promise<string>((resolve) => {
      notAdded = resolve
    })
    const log = createLogger('error', { write: (line) => notAdded(line) })
    const { facts } = await start(configOf(url), log)
    expect(JSON.parse(await said)).toMatchObject({
      msg: 'torrent not added',
      torrent: url,
      err: { message: `cannot fetch ${url}: it answered 404` },
    })
    expect(await json(`${facts.localUrl}/torrents`)).toEqual({ torrents: [] })
  })

  it('rejects and closes everything again where the HTTP port is taken', async () => {
    const port = await startServer(createServer())
    const config = configOf()
    await expect(startApp({ ...config, port }, { log: silentLogger() })).rejects.toThrow(
      `HTTP port ${port} is in use by another program`,
    )
    await start(config)
  })

  it('gives up a start that is to end, and closes what has begun', async () => {
    const ending = new AbortController()
    const silent = silentLogger()
    // Each part of the server takes a child of the log.
    const child = (): Logger => {
      ending.abort(new Error('the end'))
      return silent
    }
    const log = { ...silent, child }
    const starting = startApp(configOf(), { log, ending: ending.signal })
    await expect(starting).rejects.toThrow('the end')
    expect(existsSync(join(folder, '.tributary', 'lock'))).toBe(false)
    await start(configOf())
  })

  it.runIf(existsSync('/proc/self'))(
    'rejects a folder for records that cannot be one',
    async () => {
      for (const record of ['/proc/tributary/record', join(folder, 'file', 'below')]) {
        await writeFile(join(folder, 'file'), '')
        const starting = startApp({ ...configOf(), record }, { log: silentLogger() })
        await expect(starting).rejects.toThrow(`cannot record into ${record}: `)
      }
    },
  )

  it('rejects where the BitTorrent port is taken', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, resolve))
    opened.push({ close: () => new Promise((resolve) => server.close(resolve)) })
    const peerPort = (server.address() as AddressInfo).port
    await expect(startApp({ ...configOf(), peerPort }, { log: silentLogger() })).rejects.toThrow(
      `BitTorrent port ${peerPort} is in use by another program`,
    )
  })

  it('rejects a folder that cannot be one', async () => {
    const path = join(folder, 'file')
    await writeFile(path, '')
    await expect(startApp({ ...configOf(), dir: path }, { log: silentLogger() })).rejects.toThrow(
      `the folder ${path} cannot be used: `,
    )
  })
})
