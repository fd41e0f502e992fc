import { expect, test } from 'vitest'
import { DEFAULT_PROFILE } from '../../../src/upnp/renderers/renderer-profile.ts'
import { RENDERER_RULES } from '../../../src/upnp/renderers/renderer-table.ts'
import { FIXTURES, rulesFoundBy } from '../../helpers/renderer-fixture.ts'

const RULE_IDS = RENDERER_RULES.map(({ id }) => id)

test('every rule has one id, one name and one fixture', () => {
  expect(new Set(RULE_IDS).size).toBe(RULE_IDS.length)
  expect(new Set(RENDERER_RULES.map(({ name }) => name)).size).toBe(RULE_IDS.length)
  expect(FIXTURES.map(({ rule }) => rule).toSorted()).toEqual(
    [...RULE_IDS, DEFAULT_PROFILE.id].toSorted(),
  )
})

test.each(FIXTURES)('$rule is found by each request of its fixture', (fixture) => {
  const found = rulesFoundBy(fixture)
  expect(found.length).toBeGreaterThan(0)
  expect(found).toEqual(fixture.requests.map(() => fixture.rule))
})
