import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { LockError, lockFolder } from '../../../src/torrents/state/lock.ts'
import { BUILD } from '../../helpers/build.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const LOCK_MODULE = new URL('torrents/state/lock.js', BUILD).href

describe('lockFolder()', () => {
  it('makes the folder, and leaves nothing in it when released', async () => {
    const folder = join(await temporaryFolder(), 'a', 'b')
    const lock = await lockFolder(folder)
    expect(await readdir(folder)).toEqual(['lock'])
    await lock.release()
    expect(await readdir(folder)).toEqual([])
    await (await lockFolder(folder)).release()
  })

  it('names the live process that has the folder, and takes over when it is dead', async () => {
    const folder = await temporaryFolder()
    const holder = await lockElsewhere(folder)
    const refused = await lockFolder(folder).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(LockError)
    expect(refused).toMatchObject({ pid: holder.pid })
    expect(String(refused)).toContain(`${folder} is in use by process ${holder.pid}`)

    const exit = once(holder, 'exit')
    holder.kill('SIGKILL')
    await exit
    const lock = await lockFolder(folder)
    expect(await ownerIn(folder)).toMatchObject({ pid: process.pid })
    await lock.release()
  })

  it('knows the lock of a full disk, which is a link', async () => {
    const folder = await temporaryFolder()
    const lock = await lockFolder(folder)
    const { pid, startedAt } = (await ownerIn(folder)) as { pid: number; startedAt: string }
    const path = join(folder, 'lock')
    await rm(path)
    await symlink(`${pid} ${startedAt}`, path)
    await expect(lockFolder(folder)).rejects.toMatchObject({ pid })
    await rm(path)
    await symlink(`${pid} long ago`, path)
    await (await lockFolder(folder)).release()
    expect(await readdir(folder)).toEqual([])
    await lock.release()
  })

  it('refuses this process a second time', async () => {
    const folder = await temporaryFolder()
    const lock = await lockFolder(folder)
    await expect(lockFolder(folder)).rejects.toMatchObject({ pid: process.pid })
    expect(await readdir(folder)).toEqual(['lock'])
    await lock.release()
  })

  it('takes over where the process id has been given to another process since', async () => {
    const folder = await temporaryFolder()
    const lock = await lockFolder(folder)
    const owner = await ownerIn(folder)
    const reused = { pid: process.pid, startedAt: 'long ago' }
    await writeFile(join(folder, 'lock'), JSON.stringify(reused))
    const taken = await lockFolder(folder)
    expect(await ownerIn(folder)).toEqual(owner)
    await taken.release()
    await lock.release()
  })

  it.each(['', '{', '[]', '{"pid":"1"}', 'null'])('takes over a damaged lock: %j', async (text) => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'lock'), text)
    const lock = await lockFolder(folder)
    expect(await readdir(folder)).toEqual(['lock'])
    await lock.release()
  })

  it('lets one of many win', async () => {
    const folder = await temporaryFolder()
    const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)))
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const attempt of attempts) {
      if (attempt.status === 'rejected') expect(attempt.reason).toBeInstanceOf(LockError)
    }
    expect(await readdir(folder)).toEqual(['lock'])
  })
})

/** Another process that has locked `folder`, and lives until it is killed. */
async function lockElsewhere(folder: string): Promise<ChildProcess> {
  const script = `
    const { lockFolder } = await import(${JSON.stringify(LOCK_MODULE)})
    await lockFolder(${JSON.stringify(folder)})
    console.log('locked')
    process.stdin.resume()
  `
  const args = ['--input-type=module', '--eval', script]
  const holder = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const exit = once(holder, 'exit')
  onTestFinished(async () => {
    holder.kill('SIGKILL')
    await exit
  })
  await once(holder.stdout, 'data')
  return holder
}

async function ownerIn(folder: string): Promise<unknown> {
  return JSON.parse(await readFile(join(folder, 'lock'), 'utf8'))
}
