import { type Completed, run } from './program.ts'
import { waitFor } from './wait-for.ts'

/** One `ip` run for many commands, inside the namespace if one is given. */
export function ipBatch(lines: readonly string[], namespace?: string): Promise<Completed> {
  const inside = namespace ? ['-n', namespace] : []
  return run(['ip', ...inside, '-batch', '-'], { input: `${lines.join('\n')}\n` })
}

export async function namespaceNames(): Promise<readonly string[]> {
  const { stdout } = await run(['ip', 'netns', 'list'])
  return stdout.split('\n').flatMap((line) => line.split(' ')[0] || [])
}

export async function pidsIn(namespace: string): Promise<readonly number[]> {
  const { stdout } = await run(['ip', 'netns', 'pids', namespace])
  return stdout.split('\n').filter(Boolean).map(Number)
}

/**
 * Ends what runs inside (nothing else), then deletes the namespace; its veth pairs go with it. Does nothing
 * where there is none, also if another cleans up at the same time and is faster.
 */
export async function deleteNamespace(namespace: string): Promise<void> {
  const isGone = async (): Promise<boolean> => !(await namespaceNames()).includes(namespace)
  if (await isGone()) return
  try {
    await waitFor(`the processes of ${namespace} to end`, async () => {
      const pids = await pidsIn(namespace).catch(async (error: unknown) => {
        if (await isGone()) return []
        throw error
      })
      for (const pid of pids) kill(pid)
      return pids.length === 0
    })
    await run(['ip', 'netns', 'delete', namespace])
  } catch (error) {
    if (!(await isGone())) throw error
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended since it was listed.
  }
}
