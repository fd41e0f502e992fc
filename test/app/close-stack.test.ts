import { describe, expect, it } from 'vitest'
import { CloseStack } from '../../src/app/close-stack.ts'
import { silentLogger } from '../../src/log.ts'

describe('CloseStack', () => {
  it('closes in reverse, one after the other, once', async () => {
    const closed: string[] = []
    const stack = new CloseStack(silentLogger())
    for (const name of ['first', 'second', 'third']) {
      stack.push(name, async () => {
        closed.push(`${name} begins`)
        await Promise.resolve()
        closed.push(`${name} ends`)
      })
    }
    await Promise.all([stack.close(), stack.close()])
    expect(closed).toEqual([
      'third begins',
      'third ends',
      'second begins',
      'second ends',
      'first begins',
      'first ends',
    ])
  })

  it('goes on after a failure', async () => {
    const closed: string[] = []
    const stack = new CloseStack(silentLogger())
    stack.push('first', async () => void closed.push('first'))
    stack.push('second', () => Promise.reject(new Error('stuck')))
    await stack.close()
    expect(closed).toEqual(['first'])
  })
})
