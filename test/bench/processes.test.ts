import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { freePort } from '../../bench/free-port.ts'
import { Program } from '../../bench/rivals/program.ts'
import { ScriptProcess } from '../../bench/script-process.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'
import { serve } from '../helpers/web-server.ts'

async function start(...line: readonly [string, ...string[]]): Promise<Program> {
  const program = new Program(line, join(await temporaryFolder(), 'log'))
  onTestFinished(() => program.stop())
  return program
}

describe('a program that is measured', () => {
  it('that could not be started is told at once, and needs no stopping', async () => {
    const program = await start('/nowhere/at/all')
    await expect(program.isAnswering('http://127.0.0.1:9/')).rejects.toThrow(/ENOENT/)
    expect(() => program.pid).toThrow(/ENOENT/)
    await program.stop()
  })

  it('that ends before it answers is told with what it wrote', async () => {
    const program = await start('sh', '-c', 'echo the port is taken; exit 3')
    const url = `http://127.0.0.1:${await freePort()}/`
    await expect(program.isAnswering(url)).rejects.toThrow(/^exited with 3: the port is taken$/)
    await program.stop()
  })

  it('answers where something answers', async () => {
    const { url } = await serve((_, response) => response.end('here'))
    const program = await start('sleep', '60')
    await program.isAnswering(url)
    expect(program.hasExited).toBe(false)
    await Promise.all([program.stop(), program.stop()])
    expect(program.hasExited).toBe(true)
  })
})

describe('a script in a process of its own', () => {
  async function scripted(text: string): Promise<ScriptProcess<{ say: string }, string>> {
    const script = join(await temporaryFolder(), 'script.mjs')
    await writeFile(script, text)
    const process = new ScriptProcess<{ say: string }, string>(script)
    onTestFinished(() => process.stop())
    return process
  }

  it('answers in turn, its last answer too, and says how it ended', async () => {
    const process = await scripted(`process.on('message', ({ say }) => {
      process.send(say)
      if (say === 'bye') process.exit(5)
    })`)
    const asked = ['hello', 'bye', 'nobody hears'].map((say) => process.ask({ say }))
    const ends = await Promise.allSettled(asked)
    expect(ends.slice(0, 2)).toEqual(
      ['hello', 'bye'].map((value) => ({ status: 'fulfilled', value })),
    )
    expect(ends[2]).toMatchObject({ reason: { message: expect.stringMatching(/exited with 5/) } })
    await expect(process.ask({ say: 'again' })).rejects.toThrow(/exited with 5/)
    await process.stop()
  })

  it('that could not be started is told at once, and needs no stopping', async () => {
    const process = new ScriptProcess<{ say: string }, string>('script.ts', ['/nowhere/at/all'])
    await expect(process.ask({ say: 'hello' })).rejects.toThrow(/ENOENT/)
    await expect(process.ask({ say: 'hello' })).rejects.toThrow(/ENOENT/)
    await process.stop()
  })
})
