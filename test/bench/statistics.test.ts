import { describe, expect, it } from 'vitest'
import { median, spread } from '../../bench/report/statistics.ts'

describe('median', () => {
  it('is the middle, or the mean of the two middle ones', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
  })

  it('counts what never happened as larger than everything', () => {
    expect(median([null, 1, 2])).toBe(2)
    expect(median([null, null, 2])).toBeNull()
  })
})

describe('spread', () => {
  it('ends with null if one value is missing', () => {
    expect(spread([5, null, 3])).toEqual([3, null])
    expect(spread([5, 3])).toEqual([3, 5])
  })
})
