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

  it('lets nothing more be started once all is to end, and owns what was', async () => {
    const closed: string[] = []
    const ending = new AbortController()
    const stack = new CloseStack(silentLogger(), ending.signal)
    stack.push('first', async () => void closed.push('first'))
    ending.abort(new Error('the end'))
    const second = async () => void closed.push('second')
    expect(() => stack.push('second', second)).toThrow('the end')
    await stack.close()
    expect(closed).toEqual(['second', 'first'])
  })
})
