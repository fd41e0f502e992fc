import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Program, run } from '../e2e/lab/program.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

function start(...command: readonly string[]): Program {
  const program = Program.start(command)
  onTestFinished(() => program.terminate())
  return program
}

const node = (script: string): readonly string[] => [process.execPath, '-e', script]

describe('a program of the lab', () => {
  it('is heard to its last word before it counts as ended', async () => {
    for (let time = 0; time < 5; time++) {
      const program = start('sh', '-c', 'printf "%70000s" ""; echo; echo last')
      // It has ended and been seen to end before anything of it is read.
      await Promise.all([program.waitForOutput(/^last$/m, { intervalMs: 1 }), program.ended()])
      expect(program.stdout).toMatch(/last\n$/)
    }
  })

  it('has ended where a child of it lives on with its output', async () => {
    const program = start('sh', '-c', 'echo begun; sleep 60 & exit 3')
    expect(await program.ended()).toEqual({ code: 3, signal: null })
    expect(program.output).toBe('begun\n')
    expect(program.isGroupAlive).toBe(true)
    await program.terminate()
  })

  it('says what it waited for where it does not end', async () => {
    const program = start(...node('console.log("stays"); setInterval(() => {}, 1000)'))
    await program.waitForOutput(/stays/)
    await expect(program.ended(10)).rejects.toThrow(/waiting for the end of .*\n?stays/s)
  })

  it('that ends without what was waited for is told with what it said', async () => {
    const program = start('sh', '-c', 'echo no luck')
    await expect(program.waitForOutput(/luck is here/)).rejects.toThrow(/ended without .*no luck/s)
  })

  it('cannot be signalled once it has ended, and its group can', async () => {
    const program = start('sh', '-c', 'echo gone')
    await program.ended()
    expect(() => program.signal('SIGTERM')).toThrow(/has ended before SIGTERM:\ngone/)
    program.signalGroup('SIGTERM')
    await program.terminate()
  })

  it('that could not be started is no group, above all not ours', async () => {
    const program = start('/nowhere/at/all')
    await expect(program.ended()).rejects.toThrow(/ENOENT/)
    expect([program.isRunning, program.isGroupAlive]).toEqual([false, false])
    program.signalGroup('SIGTERM')
    expect(() => program.signal('SIGTERM')).toThrow(/has ended/)
    await program.terminate()
  })

  it('that does not hear SIGTERM is gone all the same when it was terminated', async () => {
    const deaf = 'process.on("SIGTERM", () => {}); console.log("deaf"); setInterval(() => {}, 1000)'
    const program = start(...node(deaf))
    await program.waitForOutput(/deaf/)
    await program.terminate(10)
    expect(program.isRunning).toBe(false)
    expect(await program.ended()).toEqual({ code: null, signal: 'SIGKILL' })
  })
})

describe('running a program to its end', () => {
  it('gives what it wrote, and fails with that where it fails', async () => {
    expect(await run(['cat'], { input: 'in and out' })).toEqual({
      stdout: 'in and out',
      stderr: '',
    })
    await expect(run(['sh', '-c', 'echo why >&2; exit 4'])).rejects.toThrow(/ended with 4: why/)
    await expect(run(['sh', '-c', 'kill -9 $$'])).rejects.toThrow(/ended with SIGKILL/)
    await expect(run(['/nowhere/at/all'])).rejects.toThrow(/ENOENT/)
  })

  it('ends it where it takes too long, and names it', async () => {
    const folder = await temporaryFolder()
    const script = join(folder, 'stay.sh')
    await writeFile(script, 'echo here; exec sleep 60')
    await expect(run(['sh', script], { timeoutMs: 500 })).rejects.toThrow(
      /500 ms .* the end of sh .*stay\.sh: here/,
    )
  })
})
