import { describe, expect, it } from 'vitest'
import { displayTitle } from '../../../src/library/names/title.ts'
import { nastyNames, visible } from '../../helpers/nasty-names.ts'

describe('displayTitle()', () => {
  it('keeps all that can be seen of a name', () => {
    for (const name of nastyNames(500)) expect(displayTitle(name, '?')).toBe(visible(name))
  })

  it.each(['', ' ', '\u0000', '\ud800', '\n\t'])('puts something in the place of %j', (name) => {
    expect(displayTitle(name, 'file 3')).toBe('file 3')
  })
})
