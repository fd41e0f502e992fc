import { describe, expect, it } from 'vitest'
import { parseAlternativeLimits } from '../../src/config/alternative-limits.ts'

describe('parseAlternativeLimits()', () => {
  it('reads hours and rates', () => {
    expect(parseAlternativeLimits('22:00-07:30 down=5M up=500K')).toEqual({
      ...{ fromMinute: 1_320, toMinute: 450, downloadBps: 5_242_880, uploadBps: 512_000 },
    })
    expect(parseAlternativeLimits(' 8:00-24:00  up=0 ')).toEqual({
      ...{ fromMinute: 480, toMinute: 0, downloadBps: null, uploadBps: null },
    })
  })

  it.each([
    '',
    '22:00-07:00',
    '22-7 down=1M',
    '25:00-07:00 down=1M',
    '22:60-07:00 down=1M',
    '22:00-07:00 both=1M',
    '22:00-07:00 down=fast',
  ])('refuses "%s"', (text) => expect(parseAlternativeLimits(text)).toBeNull())
})
