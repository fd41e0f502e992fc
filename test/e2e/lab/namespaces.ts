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

/** Ends what runs inside (nothing else), then deletes the namespace; its veth pairs go with it. */
export async function deleteNamespace(namespace: string): Promise<void> {
  await waitFor(`the processes of ${namespace} to end`, async () => {
    const pids = await pidsIn(namespace)
    for (const pid of pids) kill(pid)
    return pids.length === 0
  })
  await run(['ip', 'netns', 'delete', namespace])
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended since it was listed.
  }
}
