import { describe, expect, it } from 'vitest'
import {
  alternativeLimitsText,
  parseAlternativeLimits,
} from '../../../src/config/options/alternative-limits.ts'

describe('parseAlternativeLimits()', () => {
  it('reads hours and rates', () => {
    expect(parseAlternativeLimits('22:00-07:30 down=5M up=500K')).toEqual({
      ...{ fromMinute: 1_320, toMinute: 450, downloadBps: 5_242_880, uploadBps: 512_000 },
    })
    expect(parseAlternativeLimits(' 8:00-24:00  up=0 ')).toEqual({
      ...{ fromMinute: 480, toMinute: 0, downloadBps: null, uploadBps: null },
    })
  })

  it('reads days, and gives all of it back as text', () => {
    const limits = parseAlternativeLimits('Fri-Mon wed 22:00-07:00 down=5M')
    expect(limits).toMatchObject({ days: [0, 1, 3, 5, 6], fromMinute: 1_320, uploadBps: null })
    for (const text of [
      'fri-mon wed 22:00-07:30 down=5M',
      '0:00-24:00 up=1500',
      'sun 9:05-10:00 up=0',
    ]) {
      const read = parseAlternativeLimits(text)
      expect(read).not.toBeNull()
      if (read !== null) expect(parseAlternativeLimits(alternativeLimitsText(read))).toEqual(read)
    }
  })

  it.each([
    '',
    'someday 22:00-07:00 down=1M',
    'mon-tue-wed 22:00-07:00 down=1M',
    'mon- 22:00-07:00 down=1M',
    '22:00-07:00 mon down=1M',
    'mon-fri',
    '22:00-07:00',
    '22-7 down=1M',
    '25:00-07:00 down=1M',
    '22:60-07:00 down=1M',
    '22:00-07:00 both=1M',
    '22:00-07:00 down=fast',
    '22:00-07:00 down=4G',
  ])('refuses "%s"', (text) => expect(parseAlternativeLimits(text)).toBeNull())
})
