import { expect, test } from 'vitest'
import { compareNatural, compareNaturalPaths } from '../../src/media/natural-order.ts'

test.each([
  [
    ['E10', 'E2', 'E1'],
    ['E1', 'E2', 'E10'],
  ],
  [
    ['b', 'A', 'a', 'B'],
    ['A', 'a', 'B', 'b'],
  ],
  [
    ['zeta', 'Ábc', 'abd', 'abc'],
    ['abc', 'Ábc', 'abd', 'zeta'],
  ],
  [
    ['S01E100', 'S01E20', 'S1E3'],
    ['S1E3', 'S01E20', 'S01E100'],
  ],
  [
    ['Film 2', 'Film', 'Film 10'],
    ['Film', 'Film 2', 'Film 10'],
  ],
  [
    ['', 'a'],
    ['', 'a'],
  ],
] as const)('%j', (names, expected) => {
  expect([...names].sort(compareNatural)).toEqual(expected)
  expect([...names].reverse().sort(compareNatural)).toEqual(expected)
})

test('only equal strings compare as equal', () => {
  const names = ['1', '01', 'a', 'A', 'á', 'a\u0301', 'ａ', ' a']
  for (const [row, a] of names.entries()) {
    for (const [column, b] of names.entries()) {
      const order = compareNatural(a, b)
      expect(order === 0).toBe(row === column)
      expect(Math.sign(compareNatural(b, a))).toBe(order === 0 ? 0 : -Math.sign(order))
    }
  }
})

test('paths are ordered component by component', () => {
  const paths = [['Show 2', 'E1.mkv'], ['Show', 'E10.mkv'], ['Show', 'E2.mkv'], ['Show'], ['a.mkv']]
  expect([...paths].sort(compareNaturalPaths)).toEqual([
    ['a.mkv'],
    ['Show'],
    ['Show', 'E2.mkv'],
    ['Show', 'E10.mkv'],
    ['Show 2', 'E1.mkv'],
  ])
})
