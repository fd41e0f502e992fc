import { expect, it } from 'vitest'
import { runAtOnce } from '../../../src/concurrency/steps.ts'
import type { Container } from '../../../src/library/objects/media-object.ts'
import { ROOT_ID } from '../../../src/library/objects/object-id.ts'
import { silentLogger } from '../../../src/log.ts'
import { resultSteps } from '../../../src/upnp/content-directory/browse-result.ts'
import { parseFilter } from '../../../src/upnp/content-directory/property-filter.ts'
import { DEFAULT_PROFILE } from '../../../src/upnp/renderers/renderer-profile.ts'
import { objectsOf, unescaped } from '../../helpers/soap-request.ts'

const OPTIONS = {
  filter: parseFilter('*'),
  baseUrl: 'http://10.0.0.1:1',
  renderer: DEFAULT_PROFILE,
  updateId: 1,
  position: 0,
}

function containerOf(title: string): Container {
  return {
    kind: 'container',
    id: ROOT_ID,
    parentId: ROOT_ID,
    title,
    upnpClass: 'object.container',
    childCount: 0,
    addedAt: new Date(Number.NaN),
  }
}

it('skips an object that cannot be written, and only that', async () => {
  const broken: Container = {
    ...containerOf(''),
    get title(): string {
      throw new Error('a bug of ours')
    },
  }
  const objects = [containerOf('a'), broken, containerOf('b')]
  const { didl, numberReturned } = runAtOnce(resultSteps(objects, OPTIONS, silentLogger()))
  expect(numberReturned).toBe(2)
  const { containers } = await objectsOf(unescaped(didl.toString()))
  expect(containers.map((container) => container['dc:title'][0])).toEqual(['a', 'b'])
})

it('holds one object however large it is, and the next one in another answer', () => {
  const large = containerOf('&'.repeat(1_000_000))
  const { numberReturned } = runAtOnce(
    resultSteps([large, containerOf('b')], OPTIONS, silentLogger()),
  )
  expect(numberReturned).toBe(1)
})
