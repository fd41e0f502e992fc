import type { OtherCommand } from '../config/command-line.ts'
import { commandHelp } from '../config/commands.ts'
import { completionScript } from './completions.ts'
import { runWithSession } from './session-command.ts'

/**
 * Does what a command asks for. Resolves when it is done; rejects with what a person is told. Each part is
 * loaded when it is needed: signals are heard meanwhile, and help comes at once.
 */
export async function runCommand(command: OtherCommand): Promise<void> {
  const output = process.stdout
  switch (command.kind) {
    case 'command-help':
      output.write(commandHelp(command.command))
      return
    case 'completions':
      output.write(completionScript(command.shell))
      return
    case 'download':
      return await runWithSession(command.config, async (ports) => {
        const { download } = await import('./download.ts')
        await download(command, ports)
      })
    case 'share':
      return await runWithSession(command.config, async (ports) => {
        const { share } = await import('./share.ts')
        await share(command, ports)
      })
    case 'list':
      return await (await import('./server-commands.ts')).list(command, output)
    case 'add':
      return await (await import('./server-commands.ts')).add(command, output)
    case 'remove':
      return await (await import('./server-commands.ts')).remove(command, output)
    case 'renderers':
      return await (await import('./renderer-commands.ts')).renderers(command, output)
    case 'play':
      return await (await import('./renderer-commands.ts')).play(command, output)
    case 'health':
      return await (await import('./server-commands.ts')).health(command, output)
  }
}
