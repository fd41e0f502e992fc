import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { variableOf } from '../../src/config/options/option.ts'
import { OPTIONS } from '../../src/config/options.ts'

const ROOT = new URL('../../', import.meta.url)
/** What a container for a bridge network has set, or what has no meaning there. */
const NOT_ON_BRIDGES: ReadonlySet<string> = new Set([
  ...['port', 'host', 'interface', 'ipv6-discovery', 'ssdp-max-age', 'ssdp-interval'],
])

async function variablesIn(path: string): Promise<readonly string[]> {
  const text = await readFile(new URL(path, ROOT), 'utf8')
  return [...text.matchAll(/^ {6}(TRIBUTARY_\w+):/gm)].map(([, name = '']) => name)
}

describe('the compose files', () => {
  it('pass every option on; the folder is the volume', async () => {
    const wanted = OPTIONS.filter(({ name }) => name !== 'dir').map(variableOf)
    expect((await variablesIn('docker-compose.yml')).toSorted()).toEqual(wanted.toSorted())
  })

  it('for bridges pass on what has a meaning there', async () => {
    const wanted = OPTIONS.filter(({ name }) => name !== 'dir' && !NOT_ON_BRIDGES.has(name))
    const passed = await variablesIn('docs/docker/docker-compose.bridge.yml')
    expect(passed.toSorted()).toEqual(wanted.map(variableOf).toSorted())
  })
})
