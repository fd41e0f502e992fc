import { describe, expect, it } from 'vitest'
import { isPeerAddress } from '../src/peer-address.ts'

describe('isPeerAddress()', () => {
  it.each(['1.2.3.4:1', '1.2.3.4:65535', '[::1]:6881', '[2001:DB8::1]:6881', '[::ffff:1.2.3.4]:5'])(
    'takes %s',
    (text) => {
      expect(isPeerAddress(text)).toBe(true)
    },
  )

  it.each([
    ...['', '1.2.3.4', '1.2.3.4:', '1.2.3.4:0', '1.2.3.4:65536', '1.2.3.4:-1', '1.2.3:4'],
    ...['256.2.3.4:5', '::1:6881', '[1.2.3.4]:5', '[::1]', '[]:5', 'localhost:6881', ' 1.2.3.4:5'],
  ])('refuses %j', (text) => {
    expect(isPeerAddress(text)).toBe(false)
  })
})
