import { expect, test } from 'vitest'
import { silentLogger } from '../../../src/log.ts'
import { DEFAULT_PROFILE } from '../../../src/upnp/renderers/renderer-profile.ts'
import { RENDERER_RULES } from '../../../src/upnp/renderers/renderer-table.ts'
import { Renderers } from '../../../src/upnp/renderers/renderers.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { FIXTURES, lowerCaseNames } from '../../helpers/renderer-fixture.ts'

const RULE_IDS = RENDERER_RULES.map(({ id }) => id)

test('every rule has one id, one name and one fixture', () => {
  expect(new Set(RULE_IDS).size).toBe(RULE_IDS.length)
  expect(new Set(RENDERER_RULES.map(({ name }) => name)).size).toBe(RULE_IDS.length)
  expect(FIXTURES.map(({ rule }) => rule).toSorted()).toEqual(
    [...RULE_IDS, DEFAULT_PROFILE.id].toSorted(),
  )
})

test.each(FIXTURES)('$rule is found by each request of its fixture', (fixture) => {
  const renderers = new Renderers({ clock: new FakeClock(), log: silentLogger() })
  if (fixture.description !== undefined) renderers.describe('192.0.2.7', fixture.description)
  const found = fixture.requests.map(({ headers }) =>
    renderers.profileFor({ address: '192.0.2.7', headers: lowerCaseNames(headers), asked: '' }),
  )
  expect(found.length).toBeGreaterThan(0)
  expect(found.map(({ id }) => id)).toEqual(fixture.requests.map(() => fixture.rule))
})
