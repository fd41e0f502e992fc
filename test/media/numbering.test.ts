import { describe, expect, it } from 'vitest'
import { compareNatural } from '../../src/media/natural-order.ts'
import { episodeMark, titleKey, trackNumber } from '../../src/media/numbering.ts'

describe('episodeMark()', () => {
  it.each([
    ['The.Show.S01E02.1080p.mkv', 1, 2],
    ['The Show - 1x03 - Pilot.avi', 1, 3],
    ['show s10.e12.mkv', 10, 12],
    ['Show S2024 E1.mkv', 2024, 1],
    ['Show E07.mkv', null, 7],
    ['Episode 10.mkv', null, 10],
    ['Ep.3 The end.mkv', null, 3],
  ])('%s', (name, season, episode) => {
    expect(episodeMark(name)).toMatchObject({ season, episode })
  })

  it.each(['Film.1920x1080.mkv', 'Alien.mkv', '1917.mkv', 'The Se7en.mkv', 'Size 12x1.mkv'])(
    'none in %s',
    (name) => {
      expect(episodeMark(name)).toBeNull()
    },
  )
})

describe('trackNumber()', () => {
  it.each([
    ['03 - Song.mp3', 3],
    ['1-12 Song.flac', 12],
    ['7.mp3', 7],
    ['100_Hits.mp3', 100],
    ['1999 - Party.mp3', null],
    ['Song 2.mp3', null],
    ['99problems.mp3', null],
  ])('%s', (name, track) => {
    expect(trackNumber(name)).toBe(track)
  })
})

describe('titleKey()', () => {
  it('puts the episodes of a series in their order however they are spelled', () => {
    const names = [
      'The.Show.S01E10.mkv',
      'The Show - 2x01.avi',
      'The Show - 1x02.avi',
      'the_show_s1e9.mkv',
      'The Show extra.mkv',
    ]
    expect(names.toSorted((a, b) => compareNatural(titleKey(a), titleKey(b)))).toEqual([
      'The Show - 1x02.avi',
      'the_show_s1e9.mkv',
      'The.Show.S01E10.mkv',
      'The Show - 2x01.avi',
      'The Show extra.mkv',
    ])
  })
})
